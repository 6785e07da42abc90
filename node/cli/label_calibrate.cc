// label calibrate: the sheet, and what a station learns from its scan.
#include <filesystem>
#include <iostream>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/label_commands.h"
#include "vision/label/calibration_sheet.h"
#include "vision/label/proofread.h"
#include "vision/label/scanner_words.h"

namespace reelproof::node {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

struct Calibrate {
    std::string out;    // the sheet to write
    std::string learn;  // "-" or the file that holds what the scanner delivered
    std::string text;   // or that text itself
    std::string save;   // the profile to write
    std::string name;
    std::string size = "100x60";
    vision::RenderOptions render;
};

constexpr std::size_t longest_scan = 4096;

int write_sheet(const CommandLine& cli, Calibrate& wanted) {
    if (const auto fine = take_size(wanted.size, wanted.render); !fine) return fail(fine.error());
    if (const auto fine = output_is_free("--out", wanted.out); !fine) return fail(fine.error());
    const auto format = fs::path(wanted.out).extension().string();
    if (format != ".png" && format != ".svg" && format != ".pdf" && format != ".zpl")
        return fail(ledger::malformed("--out: " + wanted.out +
                                      " ends in none of .pdf, .png, .svg and .zpl"));
    const auto sheet = vision::calibration_sheet(wanted.render);
    if (!sheet) return fail(ledger::malformed(sheet.error().text));
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    vision::ReaderPool reader(options);
    if (const auto read = vision::read_back(*sheet, reader); !read)
        return fail(ledger::malformed(read.error().text));
    if (format == ".png")
        ledger::write_file_durably(wanted.out, {sheet->png.data(), sheet->png.size()});
    else
        ledger::write_file_durably(wanted.out, ledger::as_bytes(format == ".svg"   ? sheet->svg
                                                                : format == ".pdf" ? sheet->pdf
                                                                                   : sheet->zpl));
    cli.print({{"sheet", wanted.out}},
              wanted.out +
                  "\n  print it in its true size (100 %), then run on the station, and "
                  "scan:\n  reelproof label calibrate --learn - --save scanner.toml");
    return kDone;
}

// A terminal in lines would keep EOT for itself and wait for a line's end that no scanner sends.
class RawTerminal {
  public:
    RawTerminal() {
        if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios raw = before_;
        raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IXON | ISTRIP);
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
        // Of the keys that end programs only Ctrl-C, which no calibration text holds.
        raw.c_cc[VQUIT] = raw.c_cc[VSUSP] = _POSIX_VDISABLE;
        changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0;
    }
    ~RawTerminal() {
        if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

  private:
    termios before_{};
    bool changed_ = false;
};

// One scan is over when nothing has come for this long.
constexpr int silence_ms = 700;

std::string one_scan() {
    const RawTerminal raw;
    std::cerr << "scan the calibration symbol now\n";
    std::string text;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (text.size() <= longest_scan) {
        if (poll(&input, 1, text.empty() ? -1 : silence_ms) <= 0) break;
        char block[512];
        const ssize_t got = read(STDIN_FILENO, block, sizeof block);
        if (got <= 0) break;
        text.append(block, static_cast<std::size_t>(got));
    }
    return text;
}

ledger::Result<std::string> delivered(const Calibrate& wanted) {
    if (!wanted.text.empty()) return wanted.text;
    if (wanted.learn == "-" && isatty(STDIN_FILENO) != 0) return one_scan();
    const auto bytes = read_input(wanted.learn, longest_scan);
    if (!bytes) return bytes.error();
    return std::string(bytes->begin(), bytes->end());
}

int learn(const CommandLine& cli, const Calibrate& wanted) {
    if (!wanted.save.empty())
        if (const auto fine = output_is_free("--save", wanted.save); !fine)
            return fail(fine.error());
    const auto text = delivered(wanted);
    if (!text) return fail(text.error());
    auto profile = vision::learn(vision::calibration_text(), *text);
    const auto trouble = profile ? std::string() : profile.error().text;
    bool bars = false;
    if (!profile && profile.error().code == "scanner.another-text") {
        profile = vision::learn(vision::linear_calibration_text(), *text);
        bars = profile.has_value();
    }
    if (!profile)
        return fail(ledger::malformed("what the scanner does can't be told: " + trouble +
                                      "; scan one of the two symbols of the sheet that `reelproof "
                                      "label calibrate --out sheet.pdf` writes, once"));
    profile->name = wanted.name;
    auto findings = vision::findings_of(*profile);
    if (bars)
        findings.found.emplace_back(
            "the bars were scanned: of GS, RS and EOT nothing is known; scan the square symbol if "
            "the scanner reads it");
    if (!wanted.save.empty())
        ledger::write_file_durably(wanted.save, ledger::as_bytes(vision::to_toml(*profile)));

    json::array found, advice;
    std::string shown;
    for (const auto& sentence : findings.found) {
        found.emplace_back(sentence);
        shown += (shown.empty() ? "" : "\n") + printable(sentence);
    }
    for (const auto& sentence : findings.advice) {
        advice.emplace_back(sentence);
        shown += "\n  better: " + printable(sentence);
    }
    if (!wanted.save.empty()) shown += "\nkept in " + wanted.save;
    cli.print({{"transparent", profile->transparent()},
               {"loses_separators", profile->loses_separators()},
               {"layout", findings.layout},
               {"found", std::move(found)},
               {"advice", std::move(advice)},
               {"saved", wanted.save}},
              shown);
    return kDone;
}

int calibrate(const CommandLine& cli, Calibrate& wanted) {
    const bool learns = !wanted.learn.empty() || !wanted.text.empty();
    if (learns && !wanted.out.empty())
        return fail(ledger::malformed(
            "--out writes the sheet, --learn and --text take its scan: one at a time"));
    if (learns) return learn(cli, wanted);
    if (!wanted.out.empty()) return write_sheet(cli, wanted);
    return fail(ledger::malformed(
        "give --out FILE to write the calibration sheet, or --learn - to scan it"));
}

}  // namespace

void add_label_calibrate(CommandLine& cli, CLI::App* label) {
    auto wanted = std::make_shared<Calibrate>();
    auto* command = cli.command(
        label, "calibrate",
        "What does this handheld scanner make of a text? Prints a sheet to scan, learns from it",
        "reelproof label calibrate --out sheet.pdf\n"
        "  reelproof label calibrate --learn - --save scanner.toml");
    command->add_option("--out", wanted->out, "write the sheet: .pdf, .png, .svg or .zpl")
        ->check(not_empty());
    command
        ->add_option("--learn", wanted->learn,
                     "what the scanner delivers for the sheet's symbol: - for standard input, or a "
                     "file")
        ->check(not_empty());
    command->add_option("--text", wanted->text, "the same, as it is")->check(not_empty());
    command->add_option("--save", wanted->save, "file for what was learned")->check(not_empty());
    command->add_option("--name", wanted->name, "of the station, to stand in that file");
    command->add_option("--size", wanted->size, "of the sheet, width x height in mm")
        ->capture_default_str();
    command->add_option("--dpi", wanted->render.dpi, "of the printer: 203, 300 or 600")
        ->check(CLI::IsMember({203, 300, 600}))
        ->capture_default_str();
    command->callback(
        [&cli, wanted] { cli.action = [&cli, wanted] { return calibrate(cli, *wanted); }; });
}

}  // namespace reelproof::node
