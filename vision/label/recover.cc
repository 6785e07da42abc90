#include "vision/label/recover.h"

#include <algorithm>

#include "vision/label/characters.h"
#include "vision/label/date_code.h"

namespace reelproof::vision {
namespace {

constexpr std::size_t longest_text = 1024;
constexpr int most_steps = 20000;  // real labels take a few hundred

bool anything(std::string_view) {
    return true;
}
bool something(std::string_view data) {
    return !data.empty();
}
bool digikey_number(std::string_view data) {
    return data.size() > 4 && data.ends_with("-ND");
}
bool order_number(std::string_view data) {
    return all_digits(data) && (data.size() == 8 || data.size() == 9);
}
bool date_or_nothing(std::string_view data) {
    return data.empty() || data_fits("9D", data);
}
bool country_or_nothing(std::string_view data) {
    return data.empty() || data_fits("4L", data);
}
bool pieces(std::string_view data) {
    return all_digits(data) && data.size() <= 7 && data[0] != '0';
}
bool up_to_two_digits(std::string_view data) {
    return all_digits(data) && data.size() <= 2;
}
bool pick_or_nothing(std::string_view data) {
    return data.empty() || data == "PICK";
}
bool up_to_eight_digits(std::string_view data) {
    return all_digits(data) && data.size() <= 8;
}
bool six_digits(std::string_view data) {
    return all_digits(data) && data.size() == 6;
}
bool zeros(std::string_view data) {
    return data.find_first_not_of('0') == std::string_view::npos;
}
bool three_digits(std::string_view data) {
    return all_digits(data) && data.size() == 3;
}
bool nine_digits(std::string_view data) {
    return all_digits(data) && data.size() == 9;
}
bool order_and_line(std::string_view data) {
    const auto slash = data.find('/');
    return slash != std::string_view::npos && all_digits(data.substr(0, slash)) &&
           all_digits(data.substr(slash + 1));
}

Layout digikey(bool since_2023) {
    std::vector<Slot> slots{{"P", something}, {"1P", something}};
    const auto add = [&](std::initializer_list<Slot> more) {
        slots.insert(slots.end(), more.begin(), more.end());
    };
    if (since_2023) add({{"30P", digikey_number}});
    add({{"K", anything}, {"1K", order_number}, {"10K", order_number}});
    if (since_2023) add({{"9D", date_or_nothing}, {"1T", anything}});
    add({{"11K", up_to_two_digits}, {"4L", country_or_nothing}, {"Q", pieces}});
    const auto may_end_after = slots.size();
    add({{"11Z", pick_or_nothing},
         {"12Z", up_to_eight_digits},
         {"13Z", six_digits},
         {"20Z", zeros}});
    return {std::move(slots), may_end_after};
}

const Layout& digikey_until_2023() {
    static const Layout layout = digikey(false);
    return layout;
}

const Layout& digikey_since_2023() {
    static const Layout layout = digikey(true);
    return layout;
}

const Layout& mouser() {
    static const Layout layout{{{"K", something},
                                {"14K", three_digits},
                                {"1P", something},
                                {"Q", pieces},
                                {"11K", nine_digits},
                                {"4L", country_or_nothing},
                                {"1V", something, true}},
                               5};
    return layout;
}

const Layout& tme() {
    static const Layout layout{{{"P", something},
                                {"1P", something},
                                {"Q", pieces},
                                {"4L", country_or_nothing, true},
                                {"K", order_and_line}},
                               4};
    return layout;
}

class Search {
  public:
    Search(std::string_view text, const Layout& layout, std::string_view separator)
        : text_(text), layout_(layout), separator_(separator) {}

    std::vector<std::vector<Record>> run() {
        if (text_.size() <= longest_text && text_.starts_with(layout_.slots.front().identifier)) {
            from(0, 0);
        }
        return std::move(found_);
    }

  private:
    // Reads the record of `slot` that begins at `start`, and all that follow it.
    void from(std::size_t slot, std::size_t start) {
        const Slot& current = layout_.slots[slot];
        const std::size_t data = start + current.identifier.size();
        for (std::size_t next = slot + 1; next < layout_.slots.size(); ++next) {
            const std::string mark =
                std::string(separator_) + std::string(layout_.slots[next].identifier);
            for (auto at = text_.find(mark, data); at != std::string_view::npos;
                 at = text_.find(mark, at + 1)) {
                if (enough()) return;
                const auto value = text_.substr(data, at - data);
                if (!current.fits(value)) continue;
                records_.push_back({std::string(current.identifier), std::string(value)});
                from(next, at + separator_.size());
                records_.pop_back();
            }
            if (!layout_.slots[next].optional) break;
        }
        if (enough() || slot < layout_.may_end_after || !current.fits(text_.substr(data))) return;
        found_.push_back(records_);
        found_.back().push_back({std::string(current.identifier), std::string(text_.substr(data))});
    }

    bool enough() {
        if (++steps_ > most_steps) found_.resize(2);
        return found_.size() >= 2;
    }

    std::string_view text_;
    const Layout& layout_;
    std::string_view separator_;
    std::vector<Record> records_;
    std::vector<std::vector<Record>> found_;
    int steps_ = 0;
};

}  // namespace

std::vector<std::vector<Record>> readings(std::string_view text, const Layout& layout,
                                          std::string_view separator) {
    return Search(text, layout, separator).run();
}

std::vector<Record> recover_envelope(std::string_view text, std::string_view separator) {
    std::vector<std::vector<Record>> all;
    for (const Layout* layout : {&digikey_until_2023(), &digikey_since_2023(), &mouser()}) {
        auto some = readings(text, *layout, separator);
        all.insert(all.end(), some.begin(), some.end());
    }
    return all.size() == 1 ? std::move(all.front()) : std::vector<Record>();
}

TmeLine read_tme_line(std::string_view text) {
    TmeLine line;
    auto all = readings(text, tme(), " ");
    if (all.empty()) {
        all = readings(text, tme(), "");
        line.lost = true;
    }
    if (all.size() == 1) line.records = std::move(all.front());
    return line;
}

}  // namespace reelproof::vision
