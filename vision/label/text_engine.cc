#include "vision/label/text_engine.h"

#include <stdexcept>

#include <tesseract/baseapi.h>

namespace reelproof::vision {
namespace {

// What is printed on labels. Tesseract's guesses among the rest (typographic quotes, ligatures,
// currency) are wrong there.
constexpr const char* label_characters =
    " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-/.:,#()+=&%*";
constexpr int resolution = 300;  // of the views that it gets, roughly; else it guesses and says so

}  // namespace

struct TextEngine::Impl {
    tesseract::TessBaseAPI api;
};

TextEngine::TextEngine() : impl_(std::make_unique<Impl>()) {
    // Part numbers are no words: what looks like one must not be preferred.
    const std::vector<std::string> names{"load_system_dawg", "load_freq_dawg",
                                         "load_punc_dawg",   "load_number_dawg",
                                         "load_bigram_dawg", "load_unambig_dawg"};
    const std::vector<std::string> values(names.size(), "0");
    if (impl_->api.Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY, nullptr, 0, &names, &values,
                        false) != 0)
        throw std::runtime_error("Tesseract's English data is missing: install tesseract-ocr-eng");
    impl_->api.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
    impl_->api.SetVariable("tessedit_char_whitelist", label_characters);
}

TextEngine::~TextEngine() = default;

EngineLine TextEngine::read_line(const GreyView& view) {
    EngineLine line;
    tesseract::TessBaseAPI& api = impl_->api;
    api.SetImage(view.pixels, view.width, view.height, 1, view.stride);
    api.SetSourceResolution(resolution);
    if (api.Recognize(nullptr) != 0) return line;
    const std::unique_ptr<tesseract::ResultIterator> each(api.GetIterator());
    if (!each) return line;
    const auto put = [&](char c, float confidence, int left, int right) {
        line.text += c;
        line.confidence.push_back(confidence);
        line.left.push_back(left);
        line.right.push_back(right);
    };
    do {
        const std::unique_ptr<char[]> text(each->GetUTF8Text(tesseract::RIL_SYMBOL));
        int left = 0, top = 0, right = 0, bottom = 0;
        if (!text || !each->BoundingBox(tesseract::RIL_SYMBOL, &left, &top, &right, &bottom))
            continue;
        if (!line.text.empty() && each->IsAtBeginningOf(tesseract::RIL_WORD))
            put(' ', 1, line.right.back(), left);
        const float confidence = each->Confidence(tesseract::RIL_SYMBOL) / 100;
        for (const char* c = text.get(); *c != '\0'; ++c) {
            if (*c > ' ' && *c <= '~') put(*c, confidence, left, right);
        }
    } while (each->Next(tesseract::RIL_SYMBOL));
    api.Clear();
    return line;
}

}  // namespace reelproof::vision
