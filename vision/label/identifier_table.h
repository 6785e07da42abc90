// The table of ANSI MH10.8.2 data identifiers, with the field that each stands for on the labels
// of electronic parts. Data only: identifiers.h looks things up in it.
// Thread safety: constant.
#pragma once

#include <span>

#include "vision/label/identifiers.h"

namespace reelproof::vision {

std::span<const Identifier> identifier_table();

}  // namespace reelproof::vision
