#include "vision/label/render.h"

#include "vision/label/drawing.h"

namespace reelproof::vision {

RenderedLabel draw(const LabelLayout& layout) {
    RenderedLabel label{layout.symbols.front().data,
                        {},
                        draw_png(layout),
                        draw_svg(layout),
                        draw_pdf({&layout, 1}),
                        draw_zpl(layout)};
    for (const auto& symbol : layout.symbols)
        label.symbols.push_back(
            {symbol.name, symbol.linear() ? "Code128" : "DataMatrix", symbol.data});
    return label;
}

Result<RenderedLabel> render_label(const Fields& fields, std::string_view unique_id,
                                   const RenderOptions& options) {
    const auto payload = issued_label_payload(fields, unique_id);
    if (!payload) return payload.error();
    const auto layout = lay_out(fields, *payload, options);
    if (!layout) return layout.error();
    return draw(*layout);
}

Result<std::string> labels_as_pdf(const Fields& fields, const std::vector<std::string>& payloads,
                                  const RenderOptions& options) {
    std::vector<LabelLayout> pages;
    for (const auto& payload : payloads) {
        auto layout = lay_out(fields, payload, options);
        if (!layout) return layout.error();
        pages.push_back(*std::move(layout));
    }
    return Result<std::string>(boost::system::in_place_value, draw_pdf(pages));
}

}  // namespace reelproof::vision
