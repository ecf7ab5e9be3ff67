// cresset::jwt behind the lines of README.md.

#include "jwt/jwks.hpp"
#include "jwt/pem.hpp"
#include "jwt/sign.hpp"
#include "jwt/verifier.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace json = boost::json;
namespace jwt = cresset::jwt;

std::string text(const json::object& asked, std::string_view name)
{
    const json::value* const found = asked.if_contains(name);
    return found ? std::string(found->as_string()) : std::string();
}

json::value verify(const json::object& asked)
{
    std::vector<jwt::key> keys;
    if (asked.contains("jwks"))
        keys = jwt::read_jwks(text(asked, "jwks")).keys;
    if (asked.contains("pem"))
        keys.push_back(jwt::read_public_pem(text(asked, "pem")));
    if (asked.contains("secret"))
        keys.push_back(jwt::read_secret(text(asked, "secret")));
    const jwt::verifier by{jwt::key_set(std::move(keys))};
    const auto said = by.verify(text(asked, "token"), std::chrono::system_clock::now());
    if (!said)
        return {{"refused", to_string(said.error())}};
    return {{"claims", said->members}};
}

json::value sign(const json::object& asked)
{
    const std::string id = text(asked, "kid");
    const jwt::key with = asked.contains("pem") ? jwt::read_private_pem(text(asked, "pem"), id)
                                                : jwt::read_secret(text(asked, "secret"), id);
    const auto by = jwt::algorithm_named(text(asked, "alg"));
    return {{"token", jwt::sign(asked.at("claims").as_object(), with, by.value())}};
}

json::value answer(const json::object& asked)
{
    return text(asked, "do") == "sign" ? sign(asked) : verify(asked);
}

} // namespace

int main()
{
    for (std::string line; std::getline(std::cin, line);) {
        json::value said;
        try {
            said = answer(json::parse(line).as_object());
        } catch (const std::exception& error) {
            said = {{"error", error.what()}};
        }
        std::cout << json::serialize(said) << std::endl;
    }
}
