#include "tests/vision/pages/page_support.h"

#include <filesystem>
#include <iostream>

#include "tests/paths.h"

namespace reelproof::tests {

using namespace vision;

std::vector<std::string> page_reader() {
    return {(build_dir() / "reelproof_reader").string()};
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool installed(const char* program) {
    if (std::filesystem::exists(program)) return true;
    std::cout << "SKIPPED: " << program << " is not installed\n";
    return false;
}

std::string pdf_of_objects(const std::vector<std::string>& objects) {
    std::string out = "%PDF-1.4\n", table;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const auto place = std::to_string(out.size());
        table += std::string(10 - place.size(), '0') + place + " 00000 n \n";
        out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const auto count = std::to_string(objects.size() + 1), start = std::to_string(out.size());
    return out + "xref\n0 " + count + "\n0000000000 65535 f \n" + table + "trailer\n<< /Size " +
           count + " /Root 1 0 R >>\nstartxref\n" + start + "\n%%EOF\n";
}

std::string pdf_of(const std::vector<std::string>& texts) {
    std::string kids;
    for (std::size_t i = 0; i < texts.size(); ++i) kids += std::to_string(4 + 2 * i) + " 0 R ";
    std::vector<std::string> objects{
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(texts.size()) + " >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
    for (const auto& text : texts) {
        objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents " +
                          std::to_string(objects.size() + 2) +
                          " 0 R /Resources << /Font << /F1 3 0 R >> >> >>");
        const auto content = "BT /F1 48 Tf 60 600 Td (" + text + ") Tj ET";
        objects.push_back("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" +
                          content + "\nendstream");
    }
    return pdf_of_objects(objects);
}

std::string gerber_of(const std::string& more) {
    return "G04 test*\n%FSLAX46Y46*%\n%MOMM*%\n" + more +
           "%ADD10C,1.000000*%\nD10*\nX0Y0D02*\nX20000000Y0D01*\nX20000000Y10000000D01*\nM02*\n";
}

ShownDocument document(PageKind kind, std::string_view text) {
    return {kind, bytes_of(text), std::string(text.substr(0, 10'000))};
}

}  // namespace reelproof::tests
