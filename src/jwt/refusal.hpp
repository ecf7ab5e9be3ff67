#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <string_view>

namespace cresset::jwt {

// Why a token is not accepted.
enum class refusal : std::uint8_t
{
    too_large,
    malformed,   // no three segments of base64url, no JSON, a member of the wrong type
    unsupported, // an extension that has to be understood, something encrypted or nested
    wrong_type,  // `typ` says that it is for something else
    algorithm_not_allowed,
    unknown_key,   // may be one that the issuer has newer: a time to ask for its keys again
    ambiguous_key, // too many fit to try them all: its issuer has to give them ids
    bad_signature,
    missing_claim,
    expired,
    not_yet_valid,
    issued_in_future,
    wrong_issuer,
    wrong_audience
};

// For logs, counters and clients; stays as it is, and has nothing of the token in it.
std::string_view to_string(refusal why) noexcept;

template <typename T>
using result = boost::system::result<T, refusal>;

} // namespace cresset::jwt
