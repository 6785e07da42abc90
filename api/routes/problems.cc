#include "api/routes/problems.h"

#include "api/http/problem.h"

namespace reelproof::api {

Response problem_of(const ledger::Error& error) {
    using ledger::ErrorKind;
    switch (error.kind) {
        case ErrorKind::malformed:
            return Problem(400, "malformed", "The request can't be read")
                .detail(error.message)
                .response();
        case ErrorKind::too_large:
            return Problem(413, "too-large", "Over a limit").detail(error.message).response();
        case ErrorKind::untrusted:
            return Problem(403, "untrusted", "Signed by a key without the right to")
                .detail(error.message)
                .response();
        case ErrorKind::not_found:
            return Problem(404, "not-found", "Nothing of that name")
                .detail(error.message)
                .response();
        case ErrorKind::conflict:
            return Problem(409, "conflict", "Contradicts what is recorded")
                .detail(error.message)
                .response();
        case ErrorKind::invalid:
            return Problem(422, "invalid", "Does not verify").detail(error.message).response();
        case ErrorKind::unavailable:
            if (error.no_room)
                return Problem(507, "no-room", "There is no room left")
                    .detail(error.message)
                    .response();
            return Problem(503, "unavailable", "Not now; try again")
                .detail(error.message)
                .header("Retry-After", "2")
                .response();
        case ErrorKind::refused:
            return Problem(503, "refused", "This node refuses to sign")
                .detail(error.message)
                .header("Retry-After", "60")
                .response();
    }
    return Problem(500).response();
}

Response problem_of(const vision::Error& error) {
    int status = 422;
    if (error.code == "picture.too-large" || error.code == "picture.too-many-pixels") status = 413;
    if (error.code == "picture.unknown-format") status = 415;
    if (error.code == "reader.busy") status = 503;
    if (error.code == "reader.cannot-start") status = 500;
    const bool of_pages = error.code.starts_with("pages.");
    const bool of_sheets = error.code.starts_with("sheet.");
    if (error.code == "pages.missing") status = 404;
    if (error.code == "pages.busy" || error.code == "pages.cannot-start") status = 503;
    if (error.code == "sheet.busy" || error.code == "sheet.cannot-start") status = 503;
    if (error.code == "sheet.too-large" || error.code == "zip.too-large") status = 413;
    Problem problem = of_pages    ? Problem(status, "pages", "The document can't be shown")
                      : of_sheets ? Problem(status, "sheet", "The spreadsheet can't be read")
                      : error.code.starts_with("zip.")
                          ? Problem(status, "archive", "The archive can't be read")
                          : Problem(status, "picture", "The picture can't be read");
    problem.detail(error.text).member("code", error.code);
    if (status == 503) problem.header("Retry-After", "1");
    return problem.response();
}

}  // namespace reelproof::api
