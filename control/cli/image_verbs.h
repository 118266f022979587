// SPDX-License-Identifier: Apache-2.0
// `sekishoctl image ...`: images in files, without a control plane.
#pragma once

#include "control/cli/local_verbs.h"

namespace sekisho {

ExitCode image_info(const Invocation& invocation);
ExitCode image_dump(const Invocation& invocation);
// Ends with `failed` where the two differ, as diff(1) does.
ExitCode image_diff(const Invocation& invocation);
// An image of what a configuration's feeds, policy and allowlist say now.
ExitCode image_build(const Invocation& invocation);
// Writes IMAGE.minisig, with a serial that grows.
ExitCode image_sign(const Invocation& invocation);
// Checks IMAGE.minisig before it believes a byte of the image; with a file of the last serial, that the serial does not fall.
ExitCode image_verify(const Invocation& invocation);

}  // namespace sekisho
