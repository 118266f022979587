// SPDX-License-Identifier: Apache-2.0
// LiveWalk: the alert's walk in sekisho-control: rings -> drain -> phases -> rows -> formats -> spools -> sinks, on a thread of its own,
// and what of it the operator may ask (providers).
//
// Thread-safety: configure(), attach() and lost() come from the daemon's thread, provider calls from those of the control socket; one
// mutex stands between them and the drain thread's turns.
#pragma once

#include <memory>

#include "control/alert_walk.h"
#include "control/standing/feed_standings.h"
#include "matchers/base/result.h"

namespace sekisho {

// `standings` outlives it.
Result<std::unique_ptr<AlertWalk>> make_live_walk(const std::shared_ptr<const Config>& config, FeedStandings& standings);

}  // namespace sekisho
