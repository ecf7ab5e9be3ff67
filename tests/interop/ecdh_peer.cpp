// cresset::ecdh behind the lines of README.md.

#include <boost/json.hpp>

#include <cresset/crypto.hpp>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace json = boost::json;
using cresset::ecdh;

class peer
{
public:
    json::value answer(const json::object& asked)
    {
        const std::string_view command = asked.at("do").as_string();
        if (command == "pair")
            return pair(text(asked, "info"));
        if (command == "derive")
            return derive(asked.at("publicKey").as_string(), text(asked, "salt"));
        const std::string_view additional = text(asked, "additionalData").value_or("");
        if (command == "encrypt")
            return json::value_from(
                by_->encrypt(asked.at("message").as_string(), *key_, additional));
        const auto message = json::value_to<cresset::encrypted_payload>(json::value(asked));
        return {{"message", by_->decrypt(message, *key_, additional)}};
    }

private:
    static std::optional<std::string_view> text(const json::object& asked, std::string_view name)
    {
        const json::value* const found = asked.if_contains(name);
        return found ? std::optional<std::string_view>(found->as_string()) : std::nullopt;
    }

    json::value pair(std::optional<std::string_view> info)
    {
        by_ = info ? ecdh(std::string(*info)) : ecdh();
        pair_ = by_->generate_key_pair();
        return {{"publicKey", pair_->public_key()}};
    }

    json::value derive(std::string_view their_key, std::optional<std::string_view> salt)
    {
        auto derived = by_->derive_aes_key(*pair_, by_->import_public_key(their_key), salt);
        key_ = std::move(derived.key);
        return {{"salt", derived.salt}};
    }

    std::optional<ecdh> by_;
    std::optional<ecdh::key_pair> pair_;
    std::optional<ecdh::aes_key> key_;
};

} // namespace

int main()
{
    peer one;
    for (std::string line; std::getline(std::cin, line);) {
        json::value said;
        try {
            said = one.answer(json::parse(line).as_object());
        } catch (const std::exception& error) {
            said = {{"error", error.what()}};
        }
        std::cout << json::serialize(said) << std::endl;
    }
}
