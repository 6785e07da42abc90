// A lattice of modules laid over a view: four corners give it a perspective, and fit() bends it
// onto what the pixels show, so that symbols on crumpled, curved or turned paper can be sampled
// module by module. Knows no symbology; what is fixed in one (finders, timing) is told by a
// Pattern. Thread safety: one object belongs to one thread. Includes OpenCV: for .cc files of
// vision/label only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <opencv2/core.hpp>

namespace reelproof::vision {

// What stands at fixed places: 1 dark, -1 light, 0 not known; row by row.
struct Pattern {
    int columns = 0;
    int rows = 0;
    std::vector<std::int8_t> modules;
    // The known ones once more, as middle of the module and sign: made by list_known().
    std::vector<cv::Vec4d> known;
    void list_known();

    std::int8_t& at(int column, int row) {
        return modules[static_cast<std::size_t>(row) * columns + column];
    }
    std::int8_t at(int column, int row) const {
        return modules[static_cast<std::size_t>(row) * columns + column];
    }
};

// Darkness against the surroundings, -1 (light) to 1 (dark), as floats. `window` is the side of the
// surroundings in pixels, about eight modules.
cv::Mat relative_darkness(const cv::Mat& view, double blur, int window);

using Corners = std::array<cv::Point2d, 4>;  // top left, then clockwise

// Between pixels; 0 outside.
float value_at(const cv::Mat& floats, const cv::Point2d& at);

class Lattice {
  public:
    // The pattern must outlive the lattice. Corners of the whole symbol in the view: top left, then
    // clockwise, as the symbol stands.
    Lattice(const Pattern& pattern, const Corners& corners);

    // How well the pattern's known modules show at their places, -1 to 1.
    double agreement(const cv::Mat& darkness) const;

    double flat_agreement(const cv::Mat& darkness) const;  // as if not bent, which is quicker

    // Moves the corners by up to `reach` modules each to where the pattern agrees best.
    void fit_corners(const cv::Mat& darkness, double reach);

    // Moves one corner by up to `reach` modules to where all modules stand apart best: for a corner
    // that no finder marks.
    void search_corner(const cv::Mat& darkness, std::size_t corner, double reach);

    // Bends the lattice so that known modules agree and all others are clearly dark or light.
    // Bends of up to about `reach` modules are found.
    void bend(const cv::Mat& darkness, double reach);

    cv::Point2d at(double column, double row) const;  // in modules, from the top left corner
    Corners corners() const;
    double module_size() const;  // in pixels, of an average module

    // Mean grey of each module's middle.
    cv::Mat sample(const cv::Mat& view) const;

  private:
    void set_corners(const Corners& corners);

    const Pattern* pattern_;  // outlives the lattice
    Corners corners_;
    cv::Matx33d perspective_;
    int nodes_x_, nodes_y_;           // of the mesh that bends
    std::vector<cv::Point2d> bends_;  // at each node, in pixels
};

// Dark or light for each module of sample(): against the levels of its neighbourhood, after undoing
// a blur of so many modules (the Gaussian's sigma; 0: none).
std::vector<std::uint8_t> decide_modules(const cv::Mat& sampled, double blur);

// A clean drawing of dark (1) and light (0) modules, with a quiet zone.
cv::Mat render_modules(const std::vector<std::uint8_t>& dark, int columns, int rows);

}  // namespace reelproof::vision
