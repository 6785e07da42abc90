// marking enrol, marking compare: the same part again, by its surface. marking logo: its logo's
// shape. marking sort: the kinds within a run of parts.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>

#include "ledger/base/counted.h"
#include "ledger/base/file.h"
#include "node/cli/arguments.h"
#include "node/cli/client.h"
#include "node/cli/marking_expectation.h"
#include "vision/label/read_image.h"
#include "vision/reader/reader_pool.h"

namespace reelproof::node {

namespace json = boost::json;
using ledger::Bytes;
using ledger::Result;

namespace {

struct Surfaces {
    std::string expected, out, pictures, annotate;
    std::vector<std::string> files, templates;
    bool several = false;
    NodeAddress node;
    std::vector<std::string> label;
};

std::unique_ptr<vision::ReaderPool> reader() {
    vision::ReaderOptions options;
    options.command = {"/proc/self/exe", "reader"};
    return std::make_unique<vision::ReaderPool>(options);
}

Result<std::vector<Bytes>> read_pictures(const std::vector<std::string>& files) {
    std::vector<Bytes> out;
    for (const auto& file : files) {
        auto bytes = ledger::read_file(file, vision::max_picture_bytes);
        if (!bytes) return bytes.error();
        out.push_back(std::move(*bytes));
    }
    return out;
}

Result<json::array> label_of(const Surfaces& asked) {
    const auto texts = label_texts(asked.label);
    if (!texts) return texts.error();
    json::array out;
    for (const auto& text : *texts) out.emplace_back(text);
    return out;
}

int enrol(const CommandLine& cli, const Surfaces& asked) {
    if (asked.out.empty() && asked.label.empty())
        return bad_usage(ledger::malformed(
            "say where the template goes: --out FILE, or --label with the item's label, whose "
            "event it is sealed in"));
    auto expectation = read_expectation(asked.expected);
    if (!expectation) return fail(expectation.error());
    auto& look = (*expectation)->look;
    auto pictures = read_pictures(asked.files);
    if (!pictures) return fail(pictures.error());
    if (pictures->size() > vision::max_study_templates ||
        (pictures->size() > 1 && !asked.out.empty()))
        return bad_usage(ledger::malformed(
            asked.out.empty() ? "at most 16 parts are enrolled at a time"
                              : "--out takes one template: enrol one part at a time"));
    look.parts = std::move(*pictures);
    vision::StudyWish wish;
    wish.enrol = true;
    wish.reference = api::reference_of(look);
    const std::vector<vision::PictureBytes> parts(look.parts.begin(), look.parts.end());
    const auto study = reader()->study_markings(look.text, (*expectation)->samples(), parts, wish);
    if (!study) return fail(ledger::malformed(asked.expected + ": " + study.error().text));
    for (std::size_t i = 0; i < study->parts.size(); ++i) {
        const auto& part = study->parts[i];
        if (part.part.trouble)
            return fail(ledger::malformed(asked.files[i] + ": " + part.part.trouble->text));
        if (!part.surface)
            return fail(ledger::malformed(
                asked.files[i] +
                ": the expected marking was not found, and a part is placed by it"));
    }
    const auto marking = api::observation_of(look, wish.reference, *study);
    json::object out{{"parts", study->parts.size()}, {"reference", marking.reference}};
    if (!asked.out.empty()) {
        const auto bytes = vision::encode_template(*study->parts.front().surface);
        if (auto done = write_output(asked.out, bytes); !done) return fail(done.error());
        out["bytes"] = bytes.size();
    }
    if (!asked.label.empty()) {
        const auto symbols = label_of(asked);
        if (!symbols) return fail(symbols.error());
        auto client = NodeClient::connect(asked.node);
        if (!client) return fail(client.error());
        const auto answer = (*client)->post(
            "/v1/observe",
            {{"symbols", *symbols}, {"marking", json::parse(ledger::format_marking(marking))}},
            fresh_idempotency_key());
        if (!answer) return fail(answer.error());
        out["recorded"] = *answer;
    }
    cli.print(out, "enrolled " + ledger::counted(study->parts.size(), "part") +
                       (asked.out.empty() ? std::string() : " to " + asked.out) +
                       (asked.label.empty() ? "" : ", recorded in the item's history"));
    return kDone;
}

Result<vision::SurfaceTemplate> read_template(ledger::ByteView bytes, const std::string& name) {
    auto decoded = vision::decode_template(bytes);
    if (!decoded) return ledger::malformed(name + ": " + decoded.error().text);
    return *std::move(decoded);
}

// Those of this reference that are recorded in the item's history. Of those of other versions of
// templates nobody can tell any more what the part was: they are left out.
Result<std::vector<vision::SurfaceTemplate>> recorded_templates(
    const Surfaces& asked, const vision::ReferenceId& reference) {
    const auto symbols = label_of(asked);
    if (!symbols) return symbols.error();
    auto client = NodeClient::connect(asked.node);
    if (!client) return client.error();
    const auto answer = (*client)->post("/v1/trace", {{"symbols", *symbols}});
    if (!answer) return answer.error();
    std::vector<vision::SurfaceTemplate> out;
    std::optional<ledger::Error> other_version;
    for (const auto& event : answer->at("events").as_array()) {
        const auto* marking = event.as_object().if_contains("marking");
        const auto* templates =
            marking == nullptr ? nullptr : marking->as_object().if_contains("templates");
        if (templates == nullptr) continue;
        for (const auto& text : templates->as_array()) {
            const auto bytes = ledger::from_base64(text.as_string(), "template");
            if (!bytes) return bytes.error();
            auto one = vision::decode_template(*bytes);
            if (one && one->reference == reference) out.push_back(std::move(*one));
            if (one) continue;
            other_version = ledger::malformed("a recorded template: " + one.error().text);
            if (one.error().code != "template.version") return *other_version;
        }
    }
    if (out.empty() && other_version) return *other_version;
    if (out.empty())
        return ledger::malformed(
            "no part of this item was enrolled with this expectation: the good samples and lines "
            "must be the same");
    if (out.size() > vision::max_study_templates) out.resize(vision::max_study_templates);
    return out;
}

int compare(const CommandLine& cli, const Surfaces& asked) {
    if (asked.templates.empty() == asked.label.empty())
        return bad_usage(ledger::malformed(
            "say what the part is compared with: --with FILE of `marking enrol`, or --label with "
            "the item's label"));
    auto expectation = read_expectation(asked.expected);
    if (!expectation) return fail(expectation.error());
    const auto& look = (*expectation)->look;
    const auto pictures = read_pictures(asked.files);
    if (!pictures) return fail(pictures.error());
    vision::StudyWish wish;
    wish.reference = api::reference_of(look);
    std::vector<std::string> names = asked.templates;
    for (const auto& file : asked.templates) {
        const auto bytes = ledger::read_file(file, vision::max_template_bytes);
        if (!bytes) return fail(bytes.error());
        auto one = read_template(*bytes, file);
        if (!one) return fail(one.error());
        wish.templates.push_back(std::move(*one));
    }
    if (!asked.label.empty()) {
        auto recorded = recorded_templates(asked, wish.reference);
        if (!recorded) return fail(recorded.error());
        wish.templates = std::move(*recorded);
        for (std::size_t i = 0; i < wish.templates.size(); ++i)
            names.push_back("enrolled part " + std::to_string(i + 1));
    }
    const std::vector<vision::PictureBytes> parts(pictures->begin(), pictures->end());
    const auto study = reader()->study_markings(look.text, (*expectation)->samples(), parts, wish);
    if (!study) return fail(ledger::malformed(study.error().text));
    bool other = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto& part = study->parts[i];
        const auto& name = asked.files[i];
        if (part.part.trouble)
            return fail(ledger::malformed(name + ": " + part.part.trouble->text));
        if (part.agreements.empty())
            return fail(ledger::malformed(
                name + ": the expected marking was not found, and a part is placed by it"));
        const auto best = std::max_element(part.agreements.begin(), part.agreements.end());
        const auto kinship = vision::kinship_of(*best);
        const auto& with = names[static_cast<std::size_t>(best - part.agreements.begin())];
        char agreement[16];
        std::snprintf(agreement, sizeof agreement, "%.2f", *best);
        const std::string text =
            kinship == vision::SurfaceKinship::same      ? "the SAME part as " + with
            : kinship == vision::SurfaceKinship::sibling ? "not the part, but perhaps of the same "
                                                           "mould cavity as " +
                                                               with
                                                         : "ANOTHER part";
        cli.print({{"file", name},
                   {"is", to_string(kinship)},
                   {"with", with},
                   {"agreement", *best},
                   {"threshold", vision::same_surface}},
                  name + ": " + text + " (agreement " + agreement + ")");
        other = other || kinship != vision::SurfaceKinship::same;
    }
    return other ? kNo : kDone;
}

int sort(const CommandLine& cli, const Surfaces& asked) {
    const auto files = picture_files(asked.files);
    if (!files) return fail(files.error());
    if (files->size() > vision::max_run_pictures)
        return bad_usage(ledger::malformed("at most " + std::to_string(vision::max_run_pictures) +
                                           " pictures are sorted at a time, not " +
                                           std::to_string(files->size())));
    const auto pictures = read_pictures(*files);
    if (!pictures) return fail(pictures.error());
    const std::vector<vision::PictureBytes> parts(pictures->begin(), pictures->end());
    const auto kinds = reader()->sort_markings(parts, {asked.several, !asked.annotate.empty()});
    if (!kinds) return fail(ledger::malformed(kinds.error().text));
    const auto name_of = [&](const vision::MarkingKinds::Part& part) {
        const bool several =
            std::count_if(kinds->parts.begin(), kinds->parts.end(),
                          [&](const auto& one) { return one.picture == part.picture; }) > 1;
        return (*files)[part.picture] +
               (several ? " part " + std::to_string(part.number) : std::string());
    };
    std::size_t sorted = 0;
    for (const auto& kind : kinds->kinds) sorted += kind.parts;
    json::array told;
    std::string text = ledger::counted(sorted, "part") + ", " +
                       ledger::counted(kinds->kinds.size(), "kind") + " of marking";
    for (std::size_t k = 0; k < kinds->kinds.size(); ++k) {
        const auto& kind = kinds->kinds[k];
        json::array of, numbers;
        std::string names;
        for (const auto& part : kinds->parts)
            if (part.kind == static_cast<int>(k)) {
                of.emplace_back((*files)[part.picture]);
                numbers.emplace_back(part.number);
                names += " " + name_of(part);
            }
        const double share = static_cast<double>(kind.parts) / static_cast<double>(sorted);
        json::object one{{"kind", k + 1},
                         {"parts", kind.parts},
                         {"share", share},
                         {"files", std::move(of)},
                         {"numbers", std::move(numbers)}};
        text += "\n  kind " + std::to_string(k + 1) + ": " + std::to_string(kind.parts) + " (" +
                std::to_string(static_cast<int>(100 * share + 0.5)) + " %)" + names;
        if (!asked.pictures.empty()) {
            const auto file = asked.pictures + "/kind-" + std::to_string(k + 1) + ".png";
            if (auto done = write_output(file, kind.picture); !done) return fail(done.error());
            one["picture"] = file;
            text += "\n    looks like " + file;
        }
        told.emplace_back(std::move(one));
    }
    bool bad = false;
    for (const auto& part : kinds->parts)
        if (part.trouble) {
            std::cerr << "reelproof: " << name_of(part) << ": " << part.trouble->text << '\n';
            bad = true;
        }
    for (const auto& [picture, png] : kinds->overviews)
        if (auto done = write_output(numbered(asked.annotate, picture, files->size()), png); !done)
            return fail(done.error());
    cli.print({{"parts", sorted}, {"kinds", std::move(told)}}, text);
    if (bad) return kBadInput;
    return kinds->kinds.size() > 1 ? kNo : kDone;
}

// The logo of the good samples, as a line for the maker's marking rule.
int logo(const CommandLine& cli, const Surfaces& asked) {
    auto expectation = read_expectation(asked.expected);
    if (!expectation) return fail(expectation.error());
    vision::StudyWish wish;
    wish.logo = true;
    const auto study =
        reader()->study_markings((*expectation)->look.text, (*expectation)->samples(), {}, wish);
    if (!study) return fail(ledger::malformed(asked.expected + ": " + study.error().text));
    if (!study->logo) {
        std::cerr << "reelproof: " << asked.expected
                  << ": nothing is drawn beside the text of these samples\n";
        return kNo;
    }
    const auto shape = to_text(*study->logo);
    std::string points;
    for (int y = 0; y < vision::LogoShape::side; y += 2) {
        points += "\n# ";
        for (int x = 0; x < vision::LogoShape::side; ++x)
            points += study->logo->at(x, y) || study->logo->at(x, y + 1) ? '#' : '.';
    }
    cli.print({{"logo_shapes", json::array{shape}}}, "logo_shapes = [\"" + shape + "\"]" + points);
    return kDone;
}

void add_expectation(CLI::App* command, Surfaces& asked) {
    command
        ->add_option("--expect", asked.expected,
                     "the file that `marking inspect` takes: its good samples place the part")
        ->required();
    command->add_option("IMAGE", asked.files, "pictures of one part each, from above")->required();
    asked.node.add_options(command);
    command
        ->add_option("--label", asked.label,
                     "the item's label: text of a symbol, @FILE or -, as of `reelproof check`")
        ->allow_extra_args(false);
}

}  // namespace

void add_marking_surface_commands(CommandLine& cli, CLI::App* marking) {
    auto asked = std::make_shared<Surfaces>();
    auto* command = cli.command(
        marking, "enrol",
        "Keep the surface of a part in less than 4 kB, by which it is known again; no picture can "
        "be made of it",
        "reelproof marking enrol --expect lot.toml --out part.rpsf part.jpg");
    add_expectation(command, *asked);
    command->add_option("--out", asked->out, "file for the template")->check(not_empty());
    command->callback([&cli, asked] { cli.action = [&cli, asked] { return enrol(cli, *asked); }; });

    auto compared = std::make_shared<Surfaces>();
    command = cli.command(
        marking, "compare",
        "Whether a part is the one that was enrolled: exit 0 when it is, 1 when it is another or "
        "perhaps of the same mould cavity",
        "reelproof marking compare --expect lot.toml --with part.rpsf part.jpg");
    add_expectation(command, *compared);
    command->add_option("--with", compared->templates, "a template of `marking enrol`")
        ->allow_extra_args(false);
    command->callback(
        [&cli, compared] { cli.action = [&cli, compared] { return compare(cli, *compared); }; });

    auto drawn = std::make_shared<Surfaces>();
    command = cli.command(marking, "logo",
                          "The shape of the logo on good samples, for logo_shapes of the maker's "
                          "marking rule: exit 1 when they bear none",
                          "reelproof marking logo --expect lot.toml");
    command
        ->add_option("--expect", drawn->expected,
                     "the file that `marking inspect` takes: the logo is that of its good samples")
        ->required();
    command->callback([&cli, drawn] { cli.action = [&cli, drawn] { return logo(cli, *drawn); }; });

    auto run = std::make_shared<Surfaces>();
    command = cli.command(marking, "sort",
                          "Sort a run of parts by how they are marked, with the share of each "
                          "kind: exit 1 when there are several kinds",
                          "reelproof marking sort --pictures kinds reel-7/");
    command
        ->add_option("IMAGE", run->files,
                     "pictures from above, of one part each, or with --several of more; a folder: "
                     "all in it")
        ->required();
    command->add_flag("--several", run->several,
                      "a picture may show several parts of one form: each is sorted and numbered");
    command
        ->add_option("--annotate", run->annotate,
                     "write a PNG of a picture with several parts: their numbers, those of other "
                     "kinds than the largest in red; of several pictures FILE-1.png, FILE-2.png …")
        ->check(not_empty());
    command->add_option("--pictures", run->pictures, "a folder for a picture of each kind")
        ->check(CLI::ExistingDirectory);
    command->callback([&cli, run] { cli.action = [&cli, run] { return sort(cli, *run); }; });
}

}  // namespace reelproof::node
