#include "standalone/token_authentication.hpp"

#include "protocol/json_member.hpp"
#include "standalone/client_facts.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace cresset::standalone {
namespace {

namespace json = boost::json;

const json::value* claim(const jwt::claims& said, const std::string& name)
{
    return name.empty() ? nullptr : said.members.if_contains(name);
}

std::optional<std::string> user_of(const jwt::claims& said, const std::string& name)
{
    const json::value* const found = claim(said, name);
    if (found && found->is_string() && !found->get_string().empty())
        return std::string(found->get_string());
    if (found && found->is_int64())
        return std::to_string(found->get_int64());
    return std::nullopt;
}

// An array of texts, or nothing; another value is none of these.
std::optional<std::vector<std::string>> list_of(const jwt::claims& said, const std::string& name)
{
    std::vector<std::string> texts;
    const json::value* const found = claim(said, name);
    if (!found || found->is_null())
        return texts;
    if (!found->is_array())
        return std::nullopt;
    for (const json::value& each : found->get_array()) {
        if (!each.is_string())
            return std::nullopt;
        texts.emplace_back(each.get_string());
    }
    return texts;
}

std::string token_of(const authenticate_request& request)
{
    std::string token = protocol::read_string_member(request.data(), "token").value_or("");
    constexpr std::string_view scheme = "Bearer "; // as applications copy it from a header
    if (token.starts_with(scheme))
        token.erase(0, scheme.size());
    return token;
}

} // namespace

token_authentication::token_authentication(std::shared_ptr<const jwt::verifier> by,
                                           claim_names names, base::log& log)
    : names_(std::move(names)), log_(log), verifier_(std::move(by))
{}

void token_authentication::authenticate(const authenticate_request& request, reply<identity> answer)
{
    const std::string token = token_of(request);
    if (token.empty()) {
        refuse(request, "no token", std::move(answer));
        return;
    }
    const auto said = current()->verify(token, std::chrono::system_clock::now());
    if (!said) {
        refuse(request, jwt::to_string(said.error()), std::move(answer));
        return;
    }
    auto user = user_of(*said, names_.user);
    auto joins = list_of(*said, names_.joins);
    auto may_join = list_of(*said, names_.may_join);
    if (!user) {
        refuse(request, "missing claim", std::move(answer));
        return;
    }
    if (!joins || !may_join) {
        refuse(request, "malformed token", std::move(answer));
        return;
    }
    identity who(*std::move(user));
    who.metadata = to_metadata(
        {.claims = said->members, .may_join = *std::move(may_join), .joins = *std::move(joins)});
    if (said->expiry)
        on_expiry_(request.client.id(), *said->expiry);
    answer.accept(std::move(who));
}

void token_authentication::replace(std::shared_ptr<const jwt::verifier> by)
{
    const std::lock_guard lock(mutex_);
    verifier_ = std::move(by);
}

std::shared_ptr<const jwt::verifier> token_authentication::current() const
{
    const std::lock_guard lock(mutex_);
    return verifier_;
}

std::optional<std::uint64_t> token_authentication::may_log()
{
    using std::chrono::milliseconds;
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const std::lock_guard lock(mutex_);
    return lines_.take(
        static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count()));
}

void token_authentication::refuse(const authenticate_request& request, std::string_view why,
                                  reply<identity> answer)
{
    ++refused_;
    if (const auto held_back = may_log())
        log_.info("token refused", {{"client", request.client.id().to_string()},
                                    {"address", request.client.address()},
                                    {"why", why},
                                    {"others_since", *held_back}});
    answer.reject();
}

} // namespace cresset::standalone
