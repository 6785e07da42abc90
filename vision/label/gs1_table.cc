#include "vision/label/gs1_table.h"

#include <algorithm>
#include <array>

#include "vision/label/characters.h"

namespace reelproof::vision {
namespace {

// clang-format off
constexpr Application table[] = {
    {"00", 18, 18, true, 18, "package_id", "shipping container"},
    {"01", 14, 14, true, 14, "gtin", "trade item"},
    {"02", 14, 14, true, 14, "", "trade items within"},
    {"03", 14, 14, true, 14, "", "made-to-order item"},
    {"10", 1, 20, false, 0, "lot", "batch or lot"},
    {"11", 6, 6, true, 0, "date_code", "production date"},
    {"12", 6, 6, true, 0, "", "payment due"},
    {"13", 6, 6, true, 0, "pack_date", "packaging date"},
    {"15", 6, 6, true, 0, "best_before", "best before"},
    {"16", 6, 6, true, 0, "", "sell by"},
    {"17", 6, 6, true, 0, "expiry", "expiry"},
    {"20", 2, 2, true, 0, "", "product variant"},
    {"21", 1, 20, false, 0, "serial", "serial number"},
    {"22", 1, 20, false, 0, "", "consumer variant"},
    {"235", 1, 28, false, 0, "", "third party serial"},
    {"240", 1, 30, false, 0, "mpn", "maker's own item number"},
    {"241", 1, 30, false, 0, "customer_pn", "customer's part number"},
    {"242", 1, 6, true, 0, "", "made-to-order variation"},
    {"243", 1, 20, false, 0, "", "packaging component"},
    {"250", 1, 30, false, 0, "", "second serial number"},
    {"251", 1, 30, false, 0, "", "source entity"},
    {"253", 13, 30, false, 13, "", "document type"},
    {"254", 1, 20, false, 0, "", "location extension"},
    {"255", 13, 25, true, 13, "", "coupon"},
    {"30", 1, 8, true, 0, "quantity", "count of items"},
    {"310n", 6, 6, true, 0, "", "net weight kg"},
    {"311n", 6, 6, true, 0, "", "length m"},
    {"312n", 6, 6, true, 0, "", "width m"},
    {"313n", 6, 6, true, 0, "", "height m"},
    {"314n", 6, 6, true, 0, "", "area m2"},
    {"315n", 6, 6, true, 0, "", "net volume l"},
    {"316n", 6, 6, true, 0, "", "net volume m3"},
    {"320n", 6, 6, true, 0, "", "net weight lb"},
    {"321n", 6, 6, true, 0, "", "length in"},
    {"322n", 6, 6, true, 0, "", "length ft"},
    {"323n", 6, 6, true, 0, "", "length yd"},
    {"324n", 6, 6, true, 0, "", "width in"},
    {"325n", 6, 6, true, 0, "", "width ft"},
    {"326n", 6, 6, true, 0, "", "width yd"},
    {"327n", 6, 6, true, 0, "", "height in"},
    {"328n", 6, 6, true, 0, "", "height ft"},
    {"329n", 6, 6, true, 0, "", "height yd"},
    {"330n", 6, 6, true, 0, "", "gross weight kg"},
    {"331n", 6, 6, true, 0, "", "length m, logistic"},
    {"332n", 6, 6, true, 0, "", "width m, logistic"},
    {"333n", 6, 6, true, 0, "", "height m, logistic"},
    {"334n", 6, 6, true, 0, "", "area m2, logistic"},
    {"335n", 6, 6, true, 0, "", "volume l, logistic"},
    {"336n", 6, 6, true, 0, "", "volume m3, logistic"},
    {"337n", 6, 6, true, 0, "", "kg per m2"},
    {"340n", 6, 6, true, 0, "", "gross weight lb"},
    {"341n", 6, 6, true, 0, "", "length in, logistic"},
    {"342n", 6, 6, true, 0, "", "length ft, logistic"},
    {"343n", 6, 6, true, 0, "", "length yd, logistic"},
    {"344n", 6, 6, true, 0, "", "width in, logistic"},
    {"345n", 6, 6, true, 0, "", "width ft, logistic"},
    {"346n", 6, 6, true, 0, "", "width yd, logistic"},
    {"347n", 6, 6, true, 0, "", "height in, logistic"},
    {"348n", 6, 6, true, 0, "", "height ft, logistic"},
    {"349n", 6, 6, true, 0, "", "height yd, logistic"},
    {"350n", 6, 6, true, 0, "", "area in2"},
    {"351n", 6, 6, true, 0, "", "area ft2"},
    {"352n", 6, 6, true, 0, "", "area yd2"},
    {"353n", 6, 6, true, 0, "", "area in2, logistic"},
    {"354n", 6, 6, true, 0, "", "area ft2, logistic"},
    {"355n", 6, 6, true, 0, "", "area yd2, logistic"},
    {"356n", 6, 6, true, 0, "", "net weight troy oz"},
    {"357n", 6, 6, true, 0, "", "net weight oz"},
    {"360n", 6, 6, true, 0, "", "net volume qt"},
    {"361n", 6, 6, true, 0, "", "net volume gal"},
    {"362n", 6, 6, true, 0, "", "volume qt, logistic"},
    {"363n", 6, 6, true, 0, "", "volume gal, logistic"},
    {"364n", 6, 6, true, 0, "", "volume in3"},
    {"365n", 6, 6, true, 0, "", "volume ft3"},
    {"366n", 6, 6, true, 0, "", "volume yd3"},
    {"367n", 6, 6, true, 0, "", "volume in3, logistic"},
    {"368n", 6, 6, true, 0, "", "volume ft3, logistic"},
    {"369n", 6, 6, true, 0, "", "volume yd3, logistic"},
    {"37", 1, 8, true, 0, "quantity", "count of items within"},
    {"390n", 1, 15, true, 0, "", "amount"},
    {"391n", 4, 18, true, 0, "", "amount with currency"},
    {"392n", 1, 15, true, 0, "", "price"},
    {"393n", 4, 18, true, 0, "", "price with currency"},
    {"394n", 4, 4, true, 0, "", "percent off"},
    {"395n", 6, 6, true, 0, "", "price per unit"},
    {"400", 1, 30, false, 0, "po", "customer's order"},
    {"401", 1, 30, false, 0, "", "consignment"},
    {"402", 17, 17, true, 17, "", "shipment"},
    {"403", 1, 30, false, 0, "", "route"},
    {"410", 13, 13, true, 13, "", "ship to"},
    {"411", 13, 13, true, 13, "", "bill to"},
    {"412", 13, 13, true, 13, "", "purchased from"},
    {"413", 13, 13, true, 13, "", "ship for"},
    {"414", 13, 13, true, 13, "", "location"},
    {"415", 13, 13, true, 13, "", "invoicing party"},
    {"416", 13, 13, true, 13, "", "production or service location"},
    {"417", 13, 13, true, 13, "", "party"},
    {"420", 1, 20, false, 0, "", "ship to, postal code"},
    {"421", 3, 12, false, 0, "", "ship to, country and postal code"},
    {"422", 3, 3, true, 0, "country", "country of origin"},
    {"423", 3, 15, true, 0, "", "countries of initial processing"},
    {"424", 3, 3, true, 0, "", "country of processing"},
    {"425", 3, 15, true, 0, "", "country of disassembly"},
    {"426", 3, 3, true, 0, "", "country of all processing"},
    {"427", 1, 3, false, 0, "", "region of origin"},
    {"4300", 1, 35, false, 0, "", "ship to, company"},
    {"4301", 1, 35, false, 0, "", "ship to, name"},
    {"4302", 1, 70, false, 0, "", "ship to, address"},
    {"4303", 1, 70, false, 0, "", "ship to, second line"},
    {"4304", 1, 70, false, 0, "", "ship to, suburb"},
    {"4305", 1, 70, false, 0, "", "ship to, town"},
    {"4306", 1, 70, false, 0, "", "ship to, region"},
    {"4307", 2, 2, false, 0, "", "ship to, country"},
    {"4308", 1, 30, false, 0, "", "ship to, telephone"},
    {"4309", 20, 20, true, 0, "", "ship to, position"},
    {"4310", 1, 35, false, 0, "", "return to, company"},
    {"4311", 1, 35, false, 0, "", "return to, name"},
    {"4312", 1, 70, false, 0, "", "return to, address"},
    {"4313", 1, 70, false, 0, "", "return to, second line"},
    {"4314", 1, 70, false, 0, "", "return to, suburb"},
    {"4315", 1, 70, false, 0, "", "return to, town"},
    {"4316", 1, 70, false, 0, "", "return to, region"},
    {"4317", 2, 2, false, 0, "", "return to, country"},
    {"4318", 1, 20, false, 0, "", "return to, postal code"},
    {"4319", 1, 30, false, 0, "", "return to, telephone"},
    {"4320", 1, 35, false, 0, "", "service"},
    {"4321", 1, 1, true, 0, "", "dangerous goods"},
    {"4322", 1, 1, true, 0, "", "may be left"},
    {"4323", 1, 1, true, 0, "", "needs a signature"},
    {"4324", 10, 10, true, 0, "", "deliver not before"},
    {"4325", 10, 10, true, 0, "", "deliver not after"},
    {"4326", 6, 6, true, 0, "", "release date"},
    {"4330", 6, 7, false, 0, "", "highest temperature F"},
    {"4331", 6, 7, false, 0, "", "highest temperature C"},
    {"4332", 6, 7, false, 0, "", "lowest temperature F"},
    {"4333", 6, 7, false, 0, "", "lowest temperature C"},
    {"7001", 13, 13, true, 0, "", "NATO stock number"},
    {"7002", 1, 30, false, 0, "", "meat cut"},
    {"7003", 10, 10, true, 0, "expiry", "expiry with time"},
    {"7004", 1, 4, true, 0, "", "active potency"},
    {"7005", 1, 12, false, 0, "", "catch area"},
    {"7006", 6, 6, true, 0, "", "first frozen on"},
    {"7007", 6, 12, true, 0, "", "harvested"},
    {"7008", 1, 3, false, 0, "", "fish species"},
    {"7009", 1, 10, false, 0, "", "fishing gear"},
    {"7010", 1, 2, false, 0, "", "fishing method"},
    {"7011", 6, 10, true, 0, "", "test by"},
    {"7020", 1, 20, false, 0, "", "refurbishment lot"},
    {"7021", 1, 20, false, 0, "", "functional status"},
    {"7022", 1, 20, false, 0, "revision", "revision status"},
    {"7023", 1, 30, false, 0, "", "assembly"},
    {"703n", 3, 30, false, 0, "", "processor"},
    {"7040", 4, 4, false, 0, "", "unique identification code with extensions"},
    {"710", 1, 20, false, 0, "", "pharmacy number, Germany"},
    {"711", 1, 20, false, 0, "", "pharmacy number, France"},
    {"712", 1, 20, false, 0, "", "pharmacy number, Spain"},
    {"713", 1, 20, false, 0, "", "pharmacy number, Brazil"},
    {"714", 1, 20, false, 0, "", "pharmacy number, Portugal"},
    {"715", 1, 20, false, 0, "", "pharmacy number, USA"},
    {"716", 1, 20, false, 0, "", "pharmacy number, Italy"},
    {"723n", 2, 30, false, 0, "", "certificate"},
    {"7240", 1, 20, false, 0, "", "protocol"},
    {"7241", 2, 2, true, 0, "", "kind of medium"},
    {"7242", 1, 25, false, 0, "", "version control number"},
    {"7250", 8, 8, true, 0, "", "date of birth"},
    {"7251", 12, 12, true, 0, "", "date and time of birth"},
    {"7252", 1, 1, true, 0, "", "sex"},
    {"7253", 1, 40, false, 0, "", "family name"},
    {"7254", 1, 40, false, 0, "", "given name"},
    {"7255", 1, 10, false, 0, "", "name suffix"},
    {"7256", 1, 90, false, 0, "", "full name"},
    {"7257", 1, 70, false, 0, "", "address of a person"},
    {"7258", 3, 3, false, 0, "", "birth order"},
    {"7259", 1, 40, false, 0, "", "baby of"},
    {"8001", 14, 14, true, 0, "", "roll dimensions"},
    {"8002", 1, 20, false, 0, "", "mobile telephone"},
    {"8003", 14, 30, false, 14, "", "returnable asset"},
    {"8004", 1, 30, false, 0, "", "individual asset"},
    {"8005", 6, 6, true, 0, "", "price per unit"},
    {"8006", 18, 18, true, 14, "", "piece of a trade item"},
    {"8007", 1, 34, false, 0, "", "bank account"},
    {"8008", 8, 12, true, 0, "", "production time"},
    {"8009", 1, 50, false, 0, "", "sensor"},
    {"8010", 1, 30, false, 0, "", "component or part"},
    {"8011", 1, 12, true, 0, "serial", "serial number of a component"},
    {"8012", 1, 20, false, 0, "", "software version"},
    {"8013", 1, 25, false, 0, "", "model number"},
    {"8017", 18, 18, true, 18, "", "service provider"},
    {"8018", 18, 18, true, 18, "", "service recipient"},
    {"8019", 1, 10, true, 0, "", "service instance"},
    {"8020", 1, 25, false, 0, "", "payment slip"},
    {"8026", 18, 18, true, 14, "", "pieces within"},
    {"8030", 1, 90, false, 0, "", "digital signature"},
    {"8110", 1, 70, false, 0, "", "coupon, North America"},
    {"8111", 4, 4, true, 0, "", "loyalty points"},
    {"8112", 1, 70, false, 0, "", "coupon offer"},
    {"8200", 1, 70, false, 0, "url", "web address"},
    {"90", 1, 30, false, 0, "", "agreed between partners"},
    {"91", 1, 90, false, 0, "", "of a company"},
    {"92", 1, 90, false, 0, "", "of a company"},
    {"93", 1, 90, false, 0, "", "of a company"},
    {"94", 1, 90, false, 0, "", "of a company"},
    {"95", 1, 90, false, 0, "", "of a company"},
    {"96", 1, 90, false, 0, "", "of a company"},
    {"97", 1, 90, false, 0, "", "of a company"},
    {"98", 1, 90, false, 0, "", "of a company"},
    {"99", 1, 90, false, 0, "", "of a company"},
};
// clang-format on

bool begins(std::string_view text, std::string_view code) {
    if (code.back() != 'n') return text.starts_with(code);
    return text.size() >= code.size() && text.starts_with(code.substr(0, code.size() - 1)) &&
           is_digit(text[code.size() - 1]);
}

}  // namespace

const Application* find_application(std::string_view text) {
    for (const Application& known : table) {
        if (known.code[0] == (text.empty() ? '\0' : text[0]) && begins(text, known.code)) {
            return &known;
        }
    }
    return nullptr;
}

bool ends_by_length(const Application& application) {
    // GS1 General Specifications, figure 7.8.5-2: told by the first two digits.
    constexpr std::array<std::string_view, 22> beginnings{
        "00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16",
        "17", "18", "19", "20", "31", "32", "33", "34", "35", "36", "41"};
    return std::find(beginnings.begin(), beginnings.end(), application.code.substr(0, 2)) !=
           beginnings.end();
}

bool check_digit_fits(std::string_view digits) {
    if (!all_digits(digits)) return false;
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool three = (digits.size() - i) % 2 == 0;
        sum += (digits[i] - '0') * (three ? 3 : 1);
    }
    return sum % 10 == 0;
}

}  // namespace reelproof::vision
