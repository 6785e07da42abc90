// All packages of one kind on a picture: in a tray, in tape pockets, loose on a bench, on a board.
// Thread safety: pure functions. Includes OpenCV: for .cc files of vision/marking only.
#pragma once

#include <cstddef>
#include <vector>

#include <opencv2/core.hpp>

#include "vision/marking/package.h"

namespace reelproof::vision {

// Bodies whose height is about this part of their width, line by line as one reads; at most `most`
// of them, each at least a 300th of the picture. One that fills half of the picture has no others
// beside it: find_package() is for that.
std::vector<Package> find_packages(const cv::Mat& grey, double height, std::size_t most);

// What a person would number on a picture. At least one, at most max_packages. Fails:
// "marking.no-package"; "marking.several-packages" where there are too many, or others that can't
// be told apart.
//
// Bodies of this height to their width; one that fills the picture, or has no other beside it, need
// not have it.
Result<std::vector<Package>> packages_of_form(const cv::Mat& grey, double height);
// Of whatever form, but all of the same: a second or two.
Result<std::vector<Package>> packages_of_one_form(const cv::Mat& grey);

}  // namespace reelproof::vision
