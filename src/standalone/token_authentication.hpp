#pragma once

#include "base/log.hpp"
#include "base/log_limit.hpp"
#include "jwt/verifier.hpp"
#include "standalone/authentication.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace cresset::standalone {

// Which claims say what of a client. Empty: none does.
struct claim_names
{
    std::string user = "sub"; // text, or a whole number; a token without is refused
    std::string joins;        // an array of rooms that it is in from the beginning
    std::string may_join;     // an array of patterns of rooms that it may join, beside the rules
};

// By a JSON Web Token, in `token` of the credentials.
class token_authentication final : public authentication
{
public:
    // The log outlives it.
    token_authentication(std::shared_ptr<const jwt::verifier> by, claim_names names,
                         base::log& log);

    // Is told when the token of a client that comes in expires; set before clients come.
    void on_expiry(std::function<void(const client_id&, jwt::instant)> told)
    {
        on_expiry_ = std::move(told);
    }

    void authenticate(const authenticate_request& request, reply<identity> answer) override;

    // From here on by other keys or rules; clients that are there stay. From any thread.
    void replace(std::shared_ptr<const jwt::verifier> by);

    std::uint64_t refused() const noexcept { return refused_; }

private:
    std::shared_ptr<const jwt::verifier> current() const;
    std::optional<std::uint64_t> may_log();
    void refuse(const authenticate_request& request, std::string_view why, reply<identity> answer);

    claim_names names_;
    base::log& log_;
    std::function<void(const client_id&, jwt::instant)> on_expiry_ = [](const client_id&,
                                                                        jwt::instant) {};
    std::atomic<std::uint64_t> refused_{0};
    mutable std::mutex mutex_; // of these:
    std::shared_ptr<const jwt::verifier> verifier_;
    base::log_limit lines_; // anybody may bring any number of bad tokens
};

} // namespace cresset::standalone
