#include "base/client_id.hpp"
#include "base/ip_address.hpp"
#include "jwt/sign.hpp"
#include "standalone/client_facts.hpp"
#include "standalone/token_authentication.hpp"
#include "support/captured_stderr.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace cresset::standalone {
namespace {

namespace json = boost::json;

const std::string secret(32, 's');

std::string token(const json::object& claims, const std::string& by = secret)
{
    return jwt::sign(claims, jwt::read_secret(by), jwt::algorithm::hs256);
}

std::int64_t in_seconds(std::int64_t time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count() +
           time;
}

json::object ada(const json::object& more = {})
{
    json::object claims{{"sub", "ada"}, {"exp", in_seconds(60)}};
    for (const auto& [name, value] : more)
        claims[name] = value;
    return claims;
}

std::shared_ptr<const jwt::verifier> verifier(const std::string& by = secret)
{
    return std::make_shared<const jwt::verifier>(jwt::key_set({jwt::read_secret(by)}));
}

// What is answered; nothing for a "no".
class answered final : public reply<identity>::receiver
{
public:
    explicit answered(std::optional<identity>& to) : to_(to) {}
    void on_accepted(identity who) override { to_ = std::move(who); }
    void on_rejected() override {}
    void on_failed(std::string_view) override { ADD_FAILURE(); }

private:
    std::optional<identity>& to_;
};

class token_authentication_test : public testing::Test
{
protected:
    std::optional<identity> identify(const std::string& credentials, token_authentication& with)
    {
        std::optional<identity> found;
        const client who(id_, std::nullopt, nullptr, false, &address_);
        with.authenticate(authenticate_request(who, credentials),
                          reply<identity>(std::make_unique<answered>(found)));
        return found;
    }

    std::optional<identity> identify(const std::string& credentials)
    {
        return identify(credentials, by);
    }

    std::optional<identity> identify_by(const std::string& text, token_authentication& with)
    {
        return identify(json::serialize(json::object{{"token", text}}), with);
    }

    std::optional<identity> identify_by(const std::string& text) { return identify_by(text, by); }

    tests::captured_stderr captured;
    base::log log{base::log_level::info, base::log_format::text};
    token_authentication by{verifier(), {.user = "sub", .joins = "rooms", .may_join = "may"}, log};

private:
    base::client_id id_;
    base::ip_address address_;
};

TEST_F(token_authentication_test, knows_the_user_of_a_token)
{
    const auto who = identify_by(token(ada()));
    ASSERT_TRUE(who);
    EXPECT_EQ(who->user_id, "ada");
    EXPECT_EQ(read_metadata(who->metadata).claims.at("sub"), "ada");
    EXPECT_EQ(by.refused(), 0u);
}

TEST_F(token_authentication_test, takes_it_as_a_header_has_it)
{
    EXPECT_TRUE(identify_by("Bearer " + token(ada())));
    EXPECT_FALSE(identify_by("Basic " + token(ada())));
}

TEST_F(token_authentication_test, a_user_may_be_a_whole_number)
{
    token_authentication by_number(verifier(), {.user = "uid", .joins = "", .may_join = ""}, log);
    const auto who = identify_by(token(ada({{"uid", 7}})), by_number);
    ASSERT_TRUE(who);
    EXPECT_EQ(who->user_id, "7");
}

TEST_F(token_authentication_test, knows_the_rooms_of_a_token)
{
    const auto who =
        identify_by(token(ada({{"rooms", json::array{"a", "b"}}, {"may", json::array{"c-*"}}})));
    ASSERT_TRUE(who);
    const client_facts facts = read_metadata(who->metadata);
    EXPECT_EQ(facts.joins, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(facts.may_join, std::vector<std::string>{"c-*"});
}

TEST_F(token_authentication_test, refuses_what_is_no_token_of_ours)
{
    for (const std::string credentials : {"{}", "[]", "null", R"({"token":7})", R"({"token":""})",
                                          R"({"token":"x"})", R"({"userId":"ada"})"})
        EXPECT_FALSE(identify(credentials)) << credentials;
    EXPECT_FALSE(identify_by(token(ada(), std::string(32, 'x'))));
    EXPECT_FALSE(identify_by(token({{"sub", "ada"}})));
    EXPECT_FALSE(identify_by(token({{"sub", "ada"}, {"exp", in_seconds(-120)}})));
    EXPECT_FALSE(identify_by(token({{"exp", in_seconds(60)}})));
    EXPECT_FALSE(identify_by(token(ada({{"sub", ""}}))));
    EXPECT_FALSE(identify_by(token(ada({{"rooms", "a"}}))));
    EXPECT_FALSE(identify_by(token(ada({{"rooms", json::array{1}}}))));
    EXPECT_FALSE(identify_by(token(ada({{"may", json::object()}}))));
    EXPECT_EQ(by.refused(), 15u);
}

TEST_F(token_authentication_test, tells_the_log_why_and_nothing_of_the_token)
{
    const std::string text = token(ada(), std::string(32, 'x'));
    identify_by(text);
    EXPECT_NE(captured.text().find("why=\"bad signature\""), std::string::npos) << captured.text();
    EXPECT_EQ(captured.text().find(text.substr(0, 10)), std::string::npos);
}

TEST_F(token_authentication_test, tells_when_a_token_expires)
{
    std::optional<jwt::instant> told;
    by.on_expiry([&](const client_id&, jwt::instant at) { told = at; });
    const std::int64_t then = in_seconds(60);
    identify_by(token({{"sub", "ada"}, {"exp", then}}));
    EXPECT_EQ(told, jwt::instant(std::chrono::seconds(then)));
}

TEST_F(token_authentication_test, may_have_new_keys)
{
    const std::string fresh(32, 'f');
    by.replace(verifier(fresh));
    EXPECT_FALSE(identify_by(token(ada())));
    EXPECT_TRUE(identify_by(token(ada(), fresh)));
}

} // namespace
} // namespace cresset::standalone
