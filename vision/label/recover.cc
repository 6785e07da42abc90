#include "vision/label/recover.h"

#include <algorithm>

namespace reelproof::vision {
namespace {

constexpr std::size_t longest_text = 1024;
constexpr int most_steps = 20000;  // real labels take a few hundred

class Search {
  public:
    Search(std::string_view text, const Order& order, std::string_view separator)
        : text_(text), slots_(order.slots), may_end_after_(order.may_end_after) {
        for (const Slot& slot : slots_) marks_.push_back(std::string(separator) + slot.identifier);
        separator_length_ = separator.size();
    }

    std::vector<std::vector<Record>> run() {
        if (text_.size() > longest_text) return {};
        for (std::size_t first = 0; first < slots_.size(); ++first) {
            if (text_.starts_with(slots_[first].identifier)) from(first, 0);
            if (!slots_[first].optional) break;
        }
        return std::move(found_);
    }

  private:
    // Reads the record of `slot` that begins at `start`, and all that follow it.
    void from(std::size_t slot, std::size_t start) {
        const Slot& current = slots_[slot];
        const std::size_t length = current.identifier.size(), data = start + length;
        const auto identifier = text_.substr(start, length);
        for (std::size_t next = slot + 1; next < slots_.size(); ++next) {
            const std::string& mark = marks_[next];
            for (auto at = text_.find(mark, data); at != std::string_view::npos;
                 at = text_.find(mark, at + 1)) {
                if (enough()) return;
                const auto value = text_.substr(data, at - data);
                if (!current.shape.matches(value)) continue;
                records_.push_back({identifier, value});
                from(next, at + separator_length_);
                records_.pop_back();
            }
            if (!slots_[next].optional) break;
        }
        if (enough() || slot < may_end_after_) return;
        const auto rest = text_.substr(data);
        if (!current.shape.matches(rest)) return;
        found_.push_back(records_);
        found_.back().push_back({identifier, rest});
    }

    bool enough() {
        if (++steps_ > most_steps) found_.resize(2);
        return found_.size() >= 2;
    }

    std::string_view text_;
    const std::vector<Slot>& slots_;
    std::size_t may_end_after_;
    std::vector<std::string> marks_;
    std::size_t separator_length_ = 0;
    std::vector<Record> records_;
    std::vector<std::vector<Record>> found_;
    int steps_ = 0;
};

}  // namespace

std::vector<std::vector<Record>> readings(std::string_view text, const Order& order,
                                          std::string_view separator) {
    return Search(text, order, separator).run();
}

std::vector<std::vector<Record>> recover_envelope(std::string_view text, std::string_view separator,
                                                  const ProfileSet& profiles) {
    std::vector<std::vector<Record>> found;
    const auto same = [](const Record& a, const Record& b) {
        return a.identifier == b.identifier && a.data == b.data;
    };
    for (const Profile* profile : profiles.of_identifiers()) {
        for (const Order& order : profile->orders) {
            for (auto& records : readings(text, order, separator)) {
                if (!found.empty() && std::equal(found[0].begin(), found[0].end(), records.begin(),
                                                 records.end(), same))
                    continue;
                found.push_back(std::move(records));
                if (found.size() == 2) return found;
            }
        }
    }
    return found;
}

}  // namespace reelproof::vision
