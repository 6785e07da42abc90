#include "vision/training/photographs.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

namespace reelproof::training {
namespace {

namespace json = boost::json;
using vision::Error;
using vision::Result;

constexpr std::size_t kLongestRow = std::size_t{1} << 16, kLongestList = std::size_t{64} << 20;

Error invalid(const std::filesystem::path& list, std::size_t row, const std::string& what) {
    return {"photographs.invalid",
            list.filename().string() + ", line " + std::to_string(row) + ": " + what};
}

Result<MarkedPhotograph> photograph_of(const std::filesystem::path& list, std::size_t row,
                                       const std::string& text) {
    json::error_code wrong;
    const auto value = json::parse(text, wrong);
    if (wrong || !value.is_object()) return invalid(list, row, "is no JSON object");
    const auto& object = value.get_object();
    MarkedPhotograph out;
    const auto* file = object.if_contains("file");
    if (file == nullptr || !file->is_string()) return invalid(list, row, "file: no text is there");
    out.file = list.parent_path() / std::string(file->get_string());
    const auto* lines = object.if_contains("marking_lines");
    if (lines == nullptr || !lines->is_array())
        return invalid(list, row, "marking_lines: no list of texts is there");
    for (const auto& line : lines->get_array()) {
        if (!line.is_string()) return invalid(list, row, "marking_lines: holds what is no text");
        out.lines.emplace_back(line.get_string());
    }
    if (const auto* group = object.if_contains("group"); group != nullptr) {
        if (!group->is_string()) return invalid(list, row, "group: is no text");
        out.group = group->get_string();
    } else {
        out.group = out.file.filename().string();
    }
    if (const auto* rotation = object.if_contains("rotation"); rotation != nullptr) {
        if (!rotation->is_number()) return invalid(list, row, "rotation: is no number of degrees");
        out.rotation = rotation->to_number<double>();
        if (std::abs(out.rotation) > 360)
            return invalid(list, row, "rotation: is more than 360 degrees");
    }
    return out;
}

}  // namespace

Result<std::vector<MarkedPhotograph>> read_marked_photographs(const std::filesystem::path& list) {
    std::vector<MarkedPhotograph> out;
    std::ifstream in(list);
    std::error_code wrong;
    if (!in || !std::filesystem::is_regular_file(list, wrong) ||
        std::filesystem::file_size(list, wrong) > kLongestList)
        return Error{"photographs.unreadable",
                     list.string() + ": is no file that can be read, or over 64 MiB"};
    std::size_t row = 0;
    for (std::string text; std::getline(in, text);) {
        ++row;
        if (text.empty()) continue;
        if (text.size() > kLongestRow) return invalid(list, row, "is too long");
        auto one = photograph_of(list, row, text);
        if (!one) return one.error();
        out.push_back(std::move(*one));
    }
    if (in.bad())
        return Error{"photographs.unreadable", list.string() + ": could not be read to its end"};
    if (out.empty())
        return Error{"photographs.unreadable", list.string() + ": no photographs are listed there"};
    return out;
}

std::vector<std::string> groups_of(const std::vector<MarkedPhotograph>& photographs) {
    std::set<std::string> names;
    for (const auto& one : photographs) names.insert(one.group);
    return {names.begin(), names.end()};
}

bool is_in(const Fold& fold, const std::string& group, const std::vector<std::string>& groups) {
    const auto at = std::lower_bound(groups.begin(), groups.end(), group) - groups.begin();
    return at % fold.of == fold.part;
}

}  // namespace reelproof::training
