// Shipments as CSV: RFC 4180 and what spreadsheets make of it.
#include "node/cli/shipment_csv.h"

#include <set>

#include <catch2/catch.hpp>

#include "ledger/base/file.h"
#include "tests/ledger/base/result_printer.h"
#include "tests/paths.h"

namespace reelproof::node::tests {

namespace {

std::vector<Shipment> parse(std::string_view text) {
    auto shipments = parse_shipments(text);
    INFO(text.substr(0, 200));
    REQUIRE(shipments);
    return *shipments;
}

std::string error_of(std::string_view text) {
    auto shipments = parse_shipments(text);
    INFO(text.substr(0, 200));
    REQUIRE_FALSE(shipments);
    return shipments.error().message;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("rows with the same destination and order are one shipment") {
    const auto shipments =
        parse("label,to,po\nA1,x.example,1\nA2,x.example,1\nB1,y.example,1\nA3,x.example,2\n");
    REQUIRE(shipments.size() == 3);
    CHECK(shipments[0].labels == Texts{"A1", "A2"});
    CHECK(shipments[0].to == "x.example");
    CHECK(shipments[0].order == std::map<std::string, std::string>{{"po", "1"}});
    CHECK(shipments[1].labels == Texts{"B1"});
    CHECK(shipments[2].order.at("po") == "2");
}

TEST_CASE("columns come in any order, line ends and a BOM as the program wrote them") {
    const auto expected = parse("label,to\nA,x\nB,x\n");
    for (const std::string text :
         {"to,label\nx,A\nx,B\n", "label,to\r\nA,x\r\nB,x\r\n", "\xef\xbb\xbflabel,to\nA,x\nB,x",
          " label , to \n A , x \n\tB\t,x\n", "label,to\n\nA,x\n\r\nB,x\n\n\n",
          "\"label\",\"to\"\n\"A\",\"x\"\n\"B\",\"x\"\n", "label,to,po\nA,x,\nB,x, \n"}) {
        const auto shipments = parse(text);
        INFO(text);
        REQUIRE(shipments.size() == 1);
        CHECK(shipments[0].labels == expected[0].labels);
        CHECK(shipments[0].to == "x");
        CHECK(shipments[0].order.empty());
    }
}

TEST_CASE("quoted fields hold commas, quotes and line ends") {
    const auto shipments = parse("label,to,po\n\"A,\"\"1\"\"\r\nB\",x,\"one, two\"\n");
    REQUIRE(shipments.size() == 1);
    CHECK(shipments[0].labels == Texts{"A,\"1\"\r\nB"});
    CHECK(shipments[0].order.at("po") == "one, two");
    // As scanners write separators: a quote in the middle of a field is a quote.
    CHECK(parse("label,to\nA\"B,x\n")[0].labels == Texts{"A\"B"});
    CHECK(parse("label,to\nA\x1d\x1e\x04,x\n")[0].labels == Texts{"A\x1d\x1e\x04"});
}

TEST_CASE("a wrong file is refused with the line") {
    CHECK(error_of("") == "line 1: column 1 is none of label, to, po, so, invoice, packing_list");
    CHECK(error_of("label\nA\n") == "line 1: column to is missing");
    CHECK(error_of("to\nx\n") == "line 1: column label is missing");
    CHECK(error_of("label,to,colour\n").find("column \"colour\" is none of") != std::string::npos);
    CHECK(error_of("label,to,label\n") == "line 1: column label is there twice");
    CHECK(error_of("label,to\n") == "line 1: there are no rows under the header");
    CHECK(error_of("label,to\nA,x\nB\n") == "line 3: has 1 column, not 2");
    CHECK(error_of("label,to\nA,x,y\n") == "line 2: has 3 columns, not 2");
    CHECK(error_of("label,to\nA,\n") == "line 2: column to is empty");
    CHECK(error_of("label,to\n,x\n") == "line 2: column label is empty");
    CHECK(error_of("label,to\nA,x\n\"B\nC\",x\nA,y\n") == "line 5: this label was listed before");
    CHECK(error_of("label,to\nA,x\n\"B,x\n\n") == "line 3: a quoted field is never closed");
    CHECK(error_of(std::string("label,to\nA\0,x\n", 14)) ==
          "line 2: holds a zero byte: this is no CSV text");
    CHECK(error_of(std::string(100, ',')) == "line 1: has more than 64 columns");
    CHECK(error_of("label;to\nA;x\n").find("line 1: column 1 is none of") == 0);
}

TEST_CASE("a file without a header does not show its first label") {
    const std::string secret = "RP0H8M00EH355ZTXA94KXNREZPCA";
    CHECK(error_of("[)>{RS}06{GS}25SLERPF" + secret + ",x\n").find(secret) == std::string::npos);
    CHECK(error_of(secret + ",x\n").find(secret) == std::string::npos);
}

TEST_CASE("large files become several requests, very large ones are refused") {
    std::string text = "label,to\n";
    for (int i = 0; i < 1200; ++i) text += "L" + std::to_string(i) + ",x\n";
    const auto shipments = parse(text);
    REQUIRE(shipments.size() == 3);
    CHECK(shipments[0].labels.size() == kMaxShipmentItems);
    CHECK(shipments[2].labels.size() == 200);
    std::set<std::string> keys;
    for (const auto& one : shipments) CHECK(keys.insert(one.idempotency_key).second);

    std::string huge = "label,to\n";
    for (std::size_t i = 0; i < kMaxShipmentRows; ++i)
        huge += "L" + std::to_string(i) + ",x" + "\n";
    CHECK(parse(huge).size() == kMaxShipmentRows / kMaxShipmentItems);
    huge += "last,x\n";
    CHECK(error_of(huge) == "line 100002: more than 100000 rows");
}

TEST_CASE("a shipment keeps its key when another row of its file is corrected") {
    const auto first = parse("label,to,po\nA,x,1\nB,y,1\n");
    const auto corrected = parse("label,to,po\nA,x,1\nC,y,1\n");
    CHECK(first[0].idempotency_key == corrected[0].idempotency_key);
    CHECK(first[1].idempotency_key != corrected[1].idempotency_key);
    CHECK(first[0].idempotency_key != parse("label,to,po\nA,x,2\n")[0].idempotency_key);
    CHECK(first[0].idempotency_key != parse("label,to,po\nA,z,1\n")[0].idempotency_key);
    CHECK(first[0].idempotency_key.size() < 100);
}

TEST_CASE("the sample shipment is one that can be read") {
    const auto bytes = ledger::read_file(reelproof::tests::source_dir() / "samples/shipment.csv",
                                         kMaxShipmentFile);
    REQUIRE(bytes);
    CHECK(parse(ledger::as_text(*bytes)).size() == 2);
}

}  // namespace reelproof::node::tests
