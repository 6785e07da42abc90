#include "api/routes/labels.h"

#include <algorithm>
#include <array>
#include <mutex>

#include <boost/json.hpp>

#include "api/http/text.h"
#include "api/people/access.h"
#include "api/routes/json_text.h"
#include "api/routes/problems.h"
#include "api/routes/request_body.h"
#include "api/service/issue.h"
#include "ledger/base/bytes.h"
#include "ledger/format/wiping_memory.h"

namespace reelproof::api {

namespace json = boost::json;

namespace {

constexpr int kMostLabels = 50;  // each is drawn and read back: half a second
constexpr const char* kIssuing = "LERPF";
constexpr std::array kTexts{"mpn",      "customer_pn", "supplier_pn",  "lot",         "date_code",
                            "country",  "po",          "manufacturer", "serial",      "package_id",
                            "revision", "msl",         "expiry",       "packing_list"};

struct Format {
    std::string_view name, type;
};
constexpr std::array<Format, 4> kFormats{{{"pdf", "application/pdf"},
                                          {"zpl", "application/vnd.zebra.zpl"},
                                          {"png", "image/png"},
                                          {"svg", "image/svg+xml"}}};

// Everything of a label holds its secret, so nothing of it is left in memory that is not wiped.
json::string in_base64(ledger::ByteView file) {
    auto text = ledger::to_base64(file);
    json::string out(text, ledger::WipingMemory::get());
    wipe(text);
    return out;
}

ledger::ByteView file_of(const vision::RenderedLabel& drawn, std::string_view format) {
    if (format == "png") return {drawn.png.data(), drawn.png.size()};
    return ledger::as_bytes(format == "pdf" ? drawn.pdf : format == "svg" ? drawn.svg : drawn.zpl);
}

json::object label_json(const IssuedLabel& label, std::string_view format) {
    json::object out(ledger::WipingMemory::get());
    json::array symbols(ledger::WipingMemory::get());
    symbols.emplace_back(label.drawn.payload);
    out["item"] = label.item;
    out["symbols"] = std::move(symbols);
    out["file"] = in_base64(file_of(label.drawn, format));
    return out;
}

// All labels of a request in one.
struct AllInOne {
    AllInOne() = default;
    ~AllInOne() {
        for (auto& payload : payloads) wipe(payload);
        wipe(zpl);
        wipe(pdf);
    }
    AllInOne(const AllInOne&) = delete;
    AllInOne& operator=(const AllInOne&) = delete;

    std::vector<std::string> payloads;
    std::string zpl, pdf;
};

// Drawing and reading back takes half a second a label: one request is at it, and leaves workers
// and readers to the checks.
std::mutex issuing;

Response issue(LabelRoutes& routes, const Request& request, const Body& body) {
    vision::Fields fields;
    for (const auto* name : kTexts)
        if (auto text = body.text(name); !text.empty()) fields[name] = std::move(text);
    if (const auto quantity = body.optional_count("quantity"); quantity && *quantity > 0)
        fields["quantity"] = *quantity;
    const auto count = body.optional_count("count").value_or(1);
    const auto width = body.optional_count("width_mm").value_or(100),
               height = body.optional_count("height_mm").value_or(60),
               dpi = body.optional_count("dpi").value_or(300);
    auto wanted = body.text("format");
    if (wanted.empty()) wanted = "pdf";
    if (body.error()) return problem_of(*body.error());
    const auto* format = std::find_if(kFormats.begin(), kFormats.end(),
                                      [&](const Format& one) { return one.name == wanted; });
    if (format == kFormats.end())
        return problem_of(ledger::malformed("format must be pdf, zpl, png or svg"));
    if (count < 1 || count > kMostLabels)
        return problem_of(ledger::malformed("count must be 1 to " + std::to_string(kMostLabels)));
    if (dpi != 203 && dpi != 300 && dpi != 600)
        return problem_of(ledger::malformed("dpi must be 203, 300 or 600"));
    if (width < 25 || width > 300 || height < 15 || height > 300)
        return problem_of(ledger::malformed(
            "a label is 25 to 300 mm wide (width_mm) and 15 to 300 mm high (height_mm)"));
    if (const auto fine = check_label(fields, kIssuing, static_cast<int>(count)); !fine)
        return problem_of(fine.error());
    const vision::RenderOptions render{static_cast<int>(dpi), static_cast<double>(width),
                                       static_cast<double>(height), routes.org};
    const std::unique_lock turn(issuing, std::try_to_lock);
    if (!turn)
        return problem_of(ledger::Error{ledger::ErrorKind::unavailable,
                                        "other labels are being made: try again in a while"});
    json::array labels(ledger::WipingMemory::get());
    std::vector<ledger::ItemKey> keys;
    AllInOne all;
    all.payloads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const auto label = issue_label(fields, kIssuing, render, routes.reader);
        if (!label) return problem_of(label.error());
        request.subject.append(i == 0 ? "" : " ").append(label->item);
        keys.push_back(label->key);
        all.payloads.push_back(label->drawn.payload);
        append_wiping(all.zpl, label->drawn.zpl);
        labels.emplace_back(label_json(*label, format->name));
    }
    if (const auto kept = routes.known.remember(keys); !kept) return problem_of(kept.error());
    json::array lacking;
    if (fields.contains("mpn"))
        for (const auto& field : vision::lacking_for_eigp_114(fields)) lacking.emplace_back(field);
    json::object out(ledger::WipingMemory::get());
    out["type"] = format->type;
    out["labels"] = std::move(labels);
    out["lacking_for_eigp_114"] = std::move(lacking);
    if (format->name == "pdf") {
        auto pages = vision::labels_as_pdf(fields, all.payloads, render);
        if (!pages) return problem_of(ledger::malformed(pages.error().text));
        all.pdf = *std::move(pages);
        out["file"] = in_base64(ledger::as_bytes(all.pdf));
    } else if (format->name == "zpl") {
        out["file"] = in_base64(ledger::as_bytes(all.zpl));
    }
    return Response::json(201, json_text(out));
}

}  // namespace

void add_label_routes(Router& router, LabelRoutes& routes) {
    Members members(kTexts.begin(), kTexts.end());
    for (const auto* name : {"quantity", "count", "format", "width_mm", "height_mm", "dpi"})
        members.emplace_back(name);
    RouteOptions options;
    options.compression = Compression::never;  // each label's secret is in it
    router.add(
        Method::post, "/v1/labels", std::string(kLabelAccess),
        [&routes, members](const Request& request) -> Response {
            if (auto refusal = refuse_other_than_json(request)) return std::move(*refusal);
            const auto body = Body::parse(request.body, members);
            if (!body) return problem_of(body.error());
            return issue(routes, request, *body);
        },
        options);
}

}  // namespace reelproof::api
