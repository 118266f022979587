// SPDX-License-Identifier: Apache-2.0
// Product: one role of the defence model (NGFW, WAF, proxy ...) whose log we write. One file here per product: which records belong to
// its log, and the value of each item that the catalogue lists for it. Where an item comes from stands in
// control/catalogue/item_sources.tsv; an item that is not there does not compile.
#pragma once

#include "control/phases/site.h"
#include "control/rows/events/event.h"

namespace sekisho {

struct ProductContext {
  RowContext row;
  const Site* site = nullptr;  // never null when a product is asked
};

struct Product {
  std::string_view name;   // in the configuration: the catalogue's source
  std::string_view title;  // in the row: "NGFW"
  LogSource source;
  bool (*applies)(const FieldIndex& fields, const ProductContext& context);
  void (*items)(const FieldIndex& fields, const ProductContext& context, Row& row);
};

extern const Product product_ngfw;
extern const Product product_nips;
extern const Product product_waf;
extern const Product product_sandbox;
extern const Product product_proxy_access;
extern const Product product_dns_query;
extern const Product product_web_access;
extern const Product product_mail;
extern const Product product_mail_gateway;
extern const Product product_flow;
extern const Product product_dhcp;

inline constexpr const Product* products[] = {
    &product_ngfw,      &product_nips,       &product_waf,  &product_sandbox, &product_proxy_access,
    &product_dns_query, &product_web_access, &product_mail, &product_mail_gateway, &product_flow, &product_dhcp};

// Null where no product has this name.
const Product* find_product(std::string_view name);

// The product's row of the record in the shape that the format writes; false where its log has no such row. Clears `row` first.
bool product_row(const Product& product, const FieldIndex& fields, const ProductContext& context, RowShape shape, Row& row);

}  // namespace sekisho
