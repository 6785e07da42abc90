#include "node/demo/props.h"

#include <chrono>

#include "ledger/base/file.h"
#include "vision/label/photograph.h"
#include "vision/label/render.h"

namespace reelproof::node {

namespace {

// Issuing agency and company in front of the serial (ISO/IEC 15459).
constexpr std::string_view kIssuing = "LERPF";

}  // namespace

PrintedLabel Props::print(const Print& print, const std::string& unique_id) const {
    vision::Fields fields;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) fields[name] = value;
    };
    add("mpn", print.mpn);
    add("lot", print.lot);
    add("date_code", print.date_code);
    add("country", print.country);
    add("manufacturer", print.manufacturer);
    add("customer_pn", print.customer_pn);
    add("serial", print.serial);
    if (print.quantity > 0) fields["quantity"] = print.quantity;
    const auto label = vision::render_label(fields, unique_id);
    if (!label) throw ledger::EnvironmentError("label: " + label.error().text);
    return {label->payload, label->png, unique_id, print};
}

PrintedLabel Props::issue(const Print& wanted) {
    const auto seed = ledger::ItemSeed::random();
    return print(wanted, std::string(kIssuing) + ledger::issued_serial(seed));
}

PrintedLabel Props::plain(const Print& wanted) {
    return print(wanted, "");
}

PrintedLabel Props::altered(const PrintedLabel& label, const Print& wanted) {
    return print(wanted, label.unique_id);
}

ledger::Bytes Props::photograph(const PrintedLabel& label, const std::string& name) {
    vision::PhotographOptions options;
    options.seed = ++shots_;
    auto picture = vision::photograph(label.png, options);
    if (!picture) throw ledger::EnvironmentError("photograph: " + picture.error().text);
    ledger::write_file_durably(folder_ / (name + ".jpg"), *picture);
    return std::move(*picture);
}

std::string date_code_of(int weeks_ago) {
    using namespace std::chrono;
    const auto day = floor<days>(system_clock::now()) - weeks(weeks_ago);
    // The ISO week belongs to the year of its Thursday (ISO 8601).
    const auto thursday = day + days(3) - (weekday(day) - Monday);
    const year_month_day date{thursday};
    const auto first = sys_days(date.year() / January / 1);
    const auto week = (thursday - first).count() / 7 + 1;
    const auto two = [](std::int64_t n) {
        return std::string(n < 10 ? "0" : "") + std::to_string(n);
    };
    return two(static_cast<int>(date.year()) % 100) + two(week);
}

}  // namespace reelproof::node
