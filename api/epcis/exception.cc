#include "api/epcis/exception.h"

namespace reelproof::api::epcis {

const ExceptionForm& form_of(Exception exception) {
    static constexpr ExceptionForm kForms[] = {
        {"epcisException:ValidationException", "Not a valid EPCIS event or document", 400},
        {"epcisException:QueryParameterException", "A parameter of the query can't be used", 400},
        {"epcisException:SubscriptionControlsException", "No subscription can be served so", 400},
        {"epcisException:SecurityException", "You may not do that", 403},
        {"epcisException:NoSuchNameException", "There is no query of that name", 404},
        {"epcisException:NoSuchResourceException", "There is no such resource", 404},
        {"epcisException:NotAcceptableException", "Not to be had in that form", 406},
        {"epcisException:ResourceAlreadyExistsException", "There is one already", 409},
        {"epcisException:CaptureLimitExceededException", "Too much for one capture", 413},
        {"epcisException:QueryTooLargeException", "The query asks for too much", 413},
        {"epcisException:UnsupportedMediaTypeException", "This media type is not taken", 415},
        {"epcisException:ImplementationException", "Our own trouble; try again", 503},
        {"epcisException:ImplementationException", "This node does not have that", 501},
    };
    return kForms[static_cast<std::size_t>(exception)];
}

}  // namespace reelproof::api::epcis
