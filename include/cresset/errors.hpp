#pragma once

#include <cresset/export.hpp>
#include <stdexcept>
#include <string>

namespace cresset {

// An option that can't work. Thrown when a server is made, never later.
class CRESSET_EXPORT option_error : public std::invalid_argument
{
public:
    option_error(std::string option, const std::string& why)
        : std::invalid_argument(option + ": " + why), option_(std::move(option))
    {}

    // The name of the member of server_options or handlers, such as "auth_timeout".
    const std::string& option() const noexcept { return option_; }

private:
    std::string option_;
};

// JSON that doesn't fit the type it was asked for as. Leaving `authenticate`, it rejects; leaving
// any other handler, it does what every exception does there: handlers.hpp.
class CRESSET_EXPORT data_error : public std::invalid_argument
{
public:
    using std::invalid_argument::invalid_argument;
};

// What can't be encrypted, decrypted or agreed on: a key, a payload or a text from elsewhere that
// is not what it should be. It never says more of a failed decryption than that it failed.
class CRESSET_EXPORT crypto_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

} // namespace cresset
