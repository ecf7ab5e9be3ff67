#include "cli/api_flags.hpp"

#include "cli/key_file.hpp"

#include <cresset/errors.hpp>
#include <stdexcept>
#include <utility>

namespace cresset::cli {
namespace {

standalone::api_key read_api_key(const std::string& given)
{
    const std::size_t colon = given.find(':');
    const std::size_t equals = given.find('=');
    if (colon == std::string::npos || colon == 0 || equals == std::string::npos || equals < colon)
        throw option_error("--api-key", "must be NAME:SCOPES=FILE, such as "
                                        "backend:emit+manage=/etc/cresset/backend.key");
    const std::string file = given.substr(equals + 1);
    try {
        const standalone::api_scopes scopes =
            standalone::read_scopes(given.substr(colon + 1, equals - colon - 1));
        return {given.substr(0, colon), scopes, without_line_end(read_key_file(file))};
    } catch (const std::invalid_argument& wrong) {
        throw option_error("--api-key", given.substr(0, equals + 1) + file + ": " + wrong.what());
    }
}

} // namespace

void add_api_flags(CLI::App& app, std::vector<std::string>& keys)
{
    app.add_option(
           "--api-key", keys,
           "A key of the HTTP API, which is off without: what it is called in the log, what "
           "it is good for (emit, manage, read, or several as emit+read), and the file that "
           "it is in. May be repeated")
        ->delimiter(',')
        ->type_name("NAME:SCOPES=FILE");
}

standalone::api_keys make_api_keys(const std::vector<std::string>& given)
{
    std::vector<standalone::api_key> keys;
    for (const std::string& each : given) {
        standalone::api_key key = read_api_key(each);
        for (const standalone::api_key& other : keys)
            if (other.name == key.name || other.digest == key.digest)
                throw option_error("--api-key", "must have names and keys of their own: " +
                                                    other.name + ", " + key.name);
        keys.push_back(std::move(key));
    }
    return standalone::api_keys(std::move(keys));
}

} // namespace cresset::cli
