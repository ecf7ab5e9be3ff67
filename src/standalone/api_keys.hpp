#pragma once

#include "crypto/digest.hpp"

#include <cresset/http.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::standalone {

// What a key of the HTTP API is good for.
struct api_scopes
{
    bool emit = false;   // send to clients
    bool manage = false; // have clients join, leave and go
    bool read = false;   // learn who is there
};

struct api_key
{
    std::string name; // for logs
    api_scopes scopes;
    crypto::sha256_digest digest; // of the key, which is not kept

    // `text` is the key, of at least 32 characters. Throws std::invalid_argument.
    api_key(std::string name, api_scopes scopes, std::string_view text);
};

// emit+manage+read, or some of these. Throws std::invalid_argument.
api_scopes read_scopes(std::string_view text);

// The bearers of keys (RFC 6750, section 2.1). Never changes; any number of threads may use it.
class api_keys
{
public:
    explicit api_keys(std::vector<api_key> known) : known_(std::move(known)) {}

    bool empty() const noexcept { return known_.empty(); }

    // Whose key the request bears; null if none is known. Takes as long for any wrong key.
    const api_key* find(const http::request& asked) const;

private:
    std::vector<api_key> known_;
};

} // namespace cresset::standalone
