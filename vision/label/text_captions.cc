#include "vision/label/text_captions.h"

#include <algorithm>
#include <array>
#include <optional>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

struct Word {
    std::string_view letters, field;  // without blanks and punctuation
};
constexpr std::array words{
    Word{"MPN", "mpn"},
    Word{"MFRPN", "mpn"},
    Word{"MFGPN", "mpn"},
    Word{"MFRPARTNO", "mpn"},
    Word{"MFGPARTNO", "mpn"},
    Word{"MANUFACTURERPN", "mpn"},
    Word{"MANUFACTURERPARTNO", "mpn"},
    Word{"MANUFACTURERPARTNUMBER", "mpn"},
    Word{"LOT", "lot"},
    Word{"LOTNO", "lot"},
    Word{"LOTID", "lot"},
    Word{"LOTCODE", "lot"},
    Word{"LOTNUMBER", "lot"},
    Word{"BATCH", "lot"},
    Word{"BATCHNO", "lot"},
    Word{"QTY", "quantity"},
    Word{"QUANTITY", "quantity"},
    Word{"DC", "date_code"},
    Word{"DATE", "date_code"},
    Word{"DATECODE", "date_code"},
    Word{"COO", "country"},
    Word{"ORIGIN", "country"},
    Word{"MADEIN", "country"},
    Word{"COUNTRYOFORIGIN", "country"},
    Word{"ASSEMBLEDIN", "country"},
    Word{"MSL", "msl"},
    Word{"MSLLEVEL", "msl"},
    Word{"MSLEVEL", "msl"},
    Word{"MOISTURELEVEL", "msl"},
    Word{"MOISTURESENSITIVITYLEVEL", "msl"},
    Word{"PO", "po"},
    Word{"PONO", "po"},
    Word{"PONUMBER", "po"},
    Word{"PURCHASEORDER", "po"},
    Word{"CUSTPO", "po"},
    Word{"CUSTOMERPO", "po"},
    Word{"CPN", "customer_pn"},
    Word{"CUSTPN", "customer_pn"},
    Word{"CUSTOMERPN", "customer_pn"},
    Word{"CUSTPARTNO", "customer_pn"},
    Word{"CUSTOMERPARTNO", "customer_pn"},
    Word{"SPN", "supplier_pn"},
    Word{"SUPPLIERPN", "supplier_pn"},
    Word{"SUPPLIERPARTNO", "supplier_pn"},
    Word{"SN", "serial"},
    Word{"SERIAL", "serial"},
    Word{"SERIALNO", "serial"},
    Word{"SERNO", "serial"},
    Word{"PKG", "package_id"},
    Word{"PACKAGEID", "package_id"},
    Word{"EXP", "expiry"},
    Word{"EXPDATE", "expiry"},
    Word{"EXPIRY", "expiry"},
    Word{"EXPIRYDATE", "expiry"},
};
constexpr std::size_t most_tokens = 4;

struct Token {
    std::size_t first, last;
    std::string letters;  // capitals and digits
    bool bracketed;       // "(1P)": a data identifier
};

bool is_identifier(std::string_view text) {
    if (text.empty() || text.size() > 4 || !is_upper(text.back())) return false;
    return std::all_of(text.begin(), text.end() - 1, is_digit);
}

// "(lP)" and "(IT)" are slips for identifiers that begin with a 1.
std::string identifier_of(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 0; i + 1 < out.size(); ++i)
        if (out[i] == 'l' || out[i] == 'I') out[i] = '1';
    return is_identifier(out) ? out : std::string();
}

std::vector<Token> tokens_of(std::string_view line) {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < line.size();) {
        if (!is_alphanumeric(line[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < line.size() && is_alphanumeric(line[end])) ++end;
        Token token{i, end, upper(line.substr(i, end - i)), false};
        if (i > 0 && line[i - 1] == '(' && end < line.size() && line[end] == ')') {
            if (auto identifier = identifier_of(line.substr(i, end - i)); !identifier.empty())
                token = {i - 1, end + 1, std::move(identifier), true};
        }
        tokens.push_back(std::move(token));
        i = end;
    }
    return tokens;
}

struct Match {
    std::string_view field;
    std::size_t tokens;
};

// The longest caption that begins with this token.
std::optional<Match> match_at(const std::vector<Token>& tokens, std::size_t at) {
    std::optional<Match> best;
    std::string letters;
    for (std::size_t i = at; i < tokens.size() && i < at + most_tokens && !tokens[i].bracketed;
         ++i) {
        letters += tokens[i].letters;
        for (const Word& word : words)
            if (word.letters == letters) best = {word.field, i + 1 - at};
    }
    return best;
}

bool is_a_value(const Token& token) {
    return token.letters.size() == 1 ||
           std::any_of(token.letters.begin(), token.letters.end(), is_digit);
}

}  // namespace

std::vector<Caption> captions_in(std::string_view line) {
    const std::vector<Token> tokens = tokens_of(line);
    std::vector<Caption> found;
    std::size_t behind_caption = 0;  // the token that stands right behind the last one
    for (std::size_t i = 0; i < tokens.size();) {
        Caption caption;
        caption.first = tokens[i].first;
        caption.clear = i == 0 || tokens[i].bracketed || is_a_value(tokens[i - 1]) ||
                        (!found.empty() && i == behind_caption + 1);
        std::size_t next = i;
        if (tokens[next].bracketed) caption.identifier = tokens[next++].letters;
        if (const auto match = match_at(tokens, next)) {
            caption.field = match->field;
            next += match->tokens;
            // "QTY (Q): 4000"
            if (caption.identifier.empty() && next < tokens.size() && tokens[next].bracketed)
                caption.identifier = tokens[next++].letters;
        }
        if (next == i) {
            ++i;
            continue;
        }
        if (!found.empty()) found.back().end = caption.first;
        caption.value = tokens[next - 1].last;
        caption.end = line.size();
        found.push_back(std::move(caption));
        i = behind_caption = next;
    }
    return found;
}

}  // namespace reelproof::vision
