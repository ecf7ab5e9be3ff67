#include "protocol/event_reader.hpp"
#include "unit/protocol/mutation.hpp"
#include "unit/protocol/tight_text.hpp"

#include <boost/json/src.hpp>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cresset::protocol {
namespace {

const std::string_view seeds[] = {
    R"({"event":"message","data":{"text":"hello, world","n":[0,-1.5e+3,12]},"id":"7"})",
    R"( { "event" : "e\u0041\n" , "data" : [ true , false , null , { } , [ ] , "" ] } )",
    "{\"event\":\"\u017elut\u00fd \u20ac \U0001f600\",\"data\":\"a\\\\b\\\"c\\/d\"}",
    R"({"a":[[[[{"b":{"c":[1,[2,{"d":3}]]}}]]]],"event":"x","event":"y"})",
    R"([{"event":"no object"}])",
    R"({"data":1e5})",
};

void expect_same_as_boost(event_reader& reader, const std::string& text)
{
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    const tight_text tight(text);
    const read_result result = reader.read(tight.view());
    const bool object = !error && value.is_object();
    ASSERT_EQ(result || result.error == read_error::no_event, object) << text;
    if (!object)
        return;
    const boost::json::value* event = value.as_object().if_contains("event");
    const bool named = event && event->is_string() && !event->as_string().empty();
    ASSERT_EQ(bool(result), named) << text;
    if (!named)
        return;
    EXPECT_EQ(result->event, std::string_view(event->as_string())) << text;
    const boost::json::value* data = value.as_object().if_contains("data");
    ASSERT_EQ(!result->data.empty(), data != nullptr) << text;
    if (!data)
        return;
    EXPECT_EQ(boost::json::parse(std::string(result->data)), *data) << text;
}

} // namespace

TEST(event_reader, agrees_with_another_parser_on_mutated_messages)
{
    std::mt19937 random(20260102);
    event_reader reader;
    for (int i = 0; i < 60'000; ++i) {
        const std::string text = mutate(std::string(seeds[random() % std::size(seeds)]), random);
        if (!has_surrogate(text))
            expect_same_as_boost(reader, text);
        if (HasFatalFailure())
            return;
    }
}

} // namespace cresset::protocol
