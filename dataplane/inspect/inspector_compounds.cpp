// SPDX-License-Identifier: Apache-2.0
// Inspector: hits that are terms of compound indicators.
#include "dataplane/inspect/inspector.h"

namespace sekisho {

void Inspector::on_hit(const Observation& seen, uint32_t indicator, Bytes matched) {
  const Image& image = *look_ups_.image();
  if (!image.is_term(indicator)) return on_sighting(seen, image.indicator(indicator), matched);
  const TxId scope = seen.transaction != nullptr ? seen.transaction->id() : no_tx;
  const MetTerm met{nullptr, scope, indicator, seen.offset, seen.field, seen.pair, seen.direction};
  compounds_.note(seen.inspection->met_terms, image, met, [&](const CompoundSpec& compound) { on_compound(seen, compound, matched); });
}

// Terms are without validity: their compounds have it.
void Inspector::on_compound(const Observation& seen, const CompoundSpec& compound, Bytes matched) {
  const IndicatorEntry entry = look_ups_.image()->indicator(compound.entry);
  const auto now_s = static_cast<int64_t>(clock_.wall_ns / 1'000'000'000);
  if (now_s < entry.valid_from_s || (entry.valid_until_s != 0 && now_s >= entry.valid_until_s)) return;
  on_sighting(seen, entry, matched);
}

// `transaction`: nullptr = the flow ends.
void Inspector::end_compounds(FlowInspection& inspection, Transaction* transaction) {
  if (inspection.met_terms.first == nullptr) return;
  const Image* image = look_ups_.image();
  if (image == nullptr) return compounds_.drop(inspection.met_terms);
  const TxId scope = transaction != nullptr ? transaction->id() : no_tx;
  compounds_.end(inspection.met_terms, *image, scope, [&](const CompoundSpec& compound, const MetTerm& met) {
    Observation seen{&inspection, transaction, met.field, met.direction, transaction != nullptr ? transaction->end_burst_index : burst_index_,
                     met.pair, met.offset};
    seen.app_protocol = transaction != nullptr ? transaction->app_protocol : inspection.app_protocol;
    const IndicatorEntry term = image->indicator(met.term);
    on_compound(seen, compound, as_bytes(image->text(term.value_offset, term.value_length)));
  });
}

}  // namespace sekisho
