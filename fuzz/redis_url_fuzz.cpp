// A URL that was read is written without its password and reads the same again; and one that was
// not is complained of without what may be its password.

#include "expect.hpp"
#include "redis/url.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

void check_read(const redis::url& found)
{
    expect(!found.addresses.empty(), "somewhere to connect to");
    for (const redis::address& each : found.addresses)
        expect(!each.host.empty() && each.port != 0, "hosts and ports");
    const redis::url again = redis::url::parse(found.to_string());
    expect(again.kind == found.kind && again.tls == found.tls &&
               again.addresses == found.addresses && again.master_name == found.master_name &&
               again.database == found.database,
           "it reads as it is written");
    expect(again.user.empty() && again.password.empty(), "which is without credentials");
}

// A password behind a user, whatever else the text is: the line for people has none of it.
void check_secret(std::string_view text)
{
    static constexpr std::string_view secret = "s3cr3t-w0rd";
    if (text.find(secret) != std::string_view::npos)
        return; // as a host's name it is none
    for (const std::string_view scheme : {"redis://", "redis+sentinel://", "redis+cluster://"}) {
        const std::string with =
            std::string(scheme) + "user:" + std::string(secret) + std::string(text);
        try {
            const redis::url found = redis::url::parse(with);
            if (!found.password.empty())
                expect(found.to_string().find(secret) == std::string::npos, "nor has the URL");
        } catch (const std::exception& error) {
            expect(std::string_view(error.what()).find(secret) == std::string_view::npos,
                   "a complaint has no password");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_secret(text);
    redis::url found;
    try {
        found = redis::url::parse(text);
    } catch (const std::exception&) {
        return 0;
    }
    check_read(found);
    return 0;
}
