#include "protocol/event_reader.hpp"
#include "unit/protocol/tight_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::protocol {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// What may stand behind a text in the receive buffer: nothing at all, or 64 bytes of the next frame
// that would each complete a text that is cut off.
const std::string surroundings[] = {
    "",
    std::string(64, '"'),
    std::string(64, '}'),
    std::string(64, ']'),
    std::string(64, '7'),
    std::string(64, 'e'),
    std::string(64, ' '),
    std::string(64, '\\'),
    std::string(64, '\0'),
    R"("}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]}}"}]})",
};

std::string nested(std::size_t depth)
{
    return R"({"event":"e","data":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') +
           "}";
}

// The raw data of a message that must be valid.
std::string data_of(std::string_view text)
{
    event_reader reader;
    const read_result result = reader.read(text);
    EXPECT_TRUE(result) << text;
    return result ? std::string(result->data) : "not read";
}

std::string event_of(std::string_view text)
{
    event_reader reader;
    const read_result result = reader.read(text);
    EXPECT_TRUE(result) << text;
    return result ? std::string(result->event) : "not read";
}

std::string id_of(std::string_view text)
{
    event_reader reader;
    const read_result result = reader.read(text);
    EXPECT_TRUE(result) << text;
    return result ? std::string(result->id) : "not read";
}

// Whatever stands behind the text.
void expect_error(std::string_view text, read_error error)
{
    event_reader reader;
    for (const std::string& after : surroundings) {
        const tight_text tight(text, after);
        const read_result result = reader.read(tight.view());
        EXPECT_FALSE(result) << text << " before " << after;
        EXPECT_EQ(result.error, error) << text << " before " << after;
    }
}

} // namespace

TEST(event_reader, reads_event_data_and_id)
{
    event_reader reader;
    const read_result result = reader.read(R"({"event":"message","data":{"a":[1,2]},"id":"7"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->event, "message");
    EXPECT_EQ(result->data, R"({"a":[1,2]})");
    EXPECT_EQ(result->id, "7");
}

TEST(event_reader, leaves_empty_what_is_absent)
{
    event_reader reader;
    const read_result result = reader.read(R"({"event":"heartbeat"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->data, "");
    EXPECT_EQ(result->id, "");
}

TEST(event_reader, ignores_other_members_and_their_order)
{
    event_reader reader;
    const read_result result =
        reader.read(R"({"x":{"event":"no","data":1},"id":"i","data":null,"y":[],"event":"e"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->event, "e");
    EXPECT_EQ(result->data, "null");
    EXPECT_EQ(result->id, "i");
}

TEST(event_reader, points_into_the_text)
{
    const std::string text = R"({"event":"message","data":[1]})";
    event_reader reader;
    const read_result result = reader.read(text);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->event.data(), text.data() + 10);
    EXPECT_EQ(result->data.data(), text.data() + 26);
}

TEST(event_reader, hands_on_every_valid_value_byte_for_byte)
{
    const std::string values[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "-12",
        "0.5",
        "-0.0",
        "1e5",
        "1E5",
        "1e+5",
        "1e-5",
        "1.25e10",
        "0e0",
        "0E+00",
        "1e999",
        "-1e-999",
        "10000000000000000000000",
        std::string(300, '9'),
        "0." + std::string(300, '3'),
        R"("")",
        R"("text")",
        R"(" ")",
        R"("\"\\\/\b\f\n\r\t")",
        R"("\u0000\u00e9\uABCD\uabcd")",
        R"("\ud83d\ude00")",
        R"("\ud800")",
        R"("\udc00\ud800")",
        "\"\x7f\"",
        "\"\u017elu\u0165 \u20ac\"",
        "\"\U0001f600\"",
        "\"\u2028\u2029\"",
        "\"\ufeff\"",
        R"("/")",
        "[]",
        "[ ]",
        "[\n\t\r ]",
        "{}",
        "{ }",
        "[[]]",
        "[{}]",
        R"([1,"2",null,true,[],{}])",
        "[ 1 , 2 ]",
        R"({"a":1})",
        R"({ "a" : 1 , "b" : [ ] })",
        R"({"":""})",
        R"({"a":{"a":{"a":{}}}})",
        R"({"a":1,"a":2})",
        R"({"b":1,"a":2,"10":3,"9":4})",
        R"({"\u0061\n":1})",
        "[[[[[[0]]]]]]",
        R"("1234567")",
        R"("12345678")",
        R"("123456789012345")",
        R"("1234567\n")",
        R"("{\"event\":\"e\"}")",
    };
    for (const std::string& value : values) {
        EXPECT_EQ(data_of(R"({"event":"e","data":)" + value + "}"), value);
        EXPECT_EQ(data_of("{\"event\":\"e\",\"data\"\t: \r\n" + value + " \t\n,\"id\":\"\"} "),
                  value);
    }
}

TEST(event_reader, allows_space_around_everything)
{
    EXPECT_EQ(data_of(" \t\r\n{ \"event\" : \"e\" , \"data\" : [ 1 , 2 ] } \t\r\n"), "[ 1 , 2 ]");
}

TEST(event_reader, unescapes_event_and_id)
{
    EXPECT_EQ(event_of(R"({"event":"a\"\\\/\b\f\n\r\tz"})"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(event_of(R"({"event":"\u0041\u00e9\u20AC\ud83d\ude00"})"), "A\u00e9\u20ac\U0001f600");
    EXPECT_EQ(event_of(R"({"event":"\u0000"})"), "\0"s);
    EXPECT_EQ(id_of(R"({"event":"e","id":"\u0041b"})"), "Ab");

    event_reader reader;
    const read_result result = reader.read(R"({"event":"\u0061","id":"\u0062"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->event, "a");
    EXPECT_EQ(result->id, "b");
}

TEST(event_reader, replaces_lone_surrogates_in_names)
{
    EXPECT_EQ(event_of(R"({"event":"\ud800"})"), "\ufffd");
    EXPECT_EQ(event_of(R"({"event":"\udfffx"})"), "\ufffdx");
    EXPECT_EQ(event_of(R"({"event":"\ud800\u0041"})"), "\ufffdA");
    EXPECT_EQ(event_of(R"({"event":"\ud800\ud83d\ude00"})"), "\ufffd\U0001f600");
    EXPECT_EQ(event_of(R"({"event":"\ud800\n"})"), "\ufffd\n");
}

TEST(event_reader, knows_escaped_keys)
{
    EXPECT_EQ(event_of(R"({"\u0065vent":"e"})"), "e");
    EXPECT_EQ(data_of(R"({"event":"e","d\u0061t\u0061":1})"), "1");
    EXPECT_EQ(id_of(R"({"event":"e","\u0069\u0064":"i"})"), "i");
    EXPECT_EQ(data_of(R"({"event":"e","data\u0000":1})"), "");
}

TEST(event_reader, takes_the_last_of_doubled_keys)
{
    EXPECT_EQ(event_of(R"({"event":"a","event":"b"})"), "b");
    EXPECT_EQ(event_of(R"({"event":1,"\u0065vent":"b"})"), "b");
    EXPECT_EQ(data_of(R"({"data":1,"event":"e","data":[2]})"), "[2]");
    EXPECT_EQ(id_of(R"({"event":"e","id":"1","id":2})"), "");
    expect_error(R"({"event":"a","event":1})", read_error::no_event);
}

TEST(event_reader, takes_an_id_that_is_no_string_for_absent)
{
    for (const char* id : {"7", "null", "true", "[]", R"({"a":"b"})", R"(["x"])"})
        EXPECT_EQ(id_of(R"({"event":"e","id":)"s + id + "}"), "") << id;
}

TEST(event_reader, refuses_an_object_without_an_event)
{
    for (const char* text :
         {"{}", " { } ", R"({"data":1})", R"({"event":""})", R"({"event":null})", R"({"event":7})",
          R"({"event":["e"]})", R"({"event":{"event":"e"}})", R"({"event":true,"data":1})",
          R"({"Event":"e"})", R"({"event ":"e"})", R"({"":"e"})", R"({"data":{"event":"e"}})"})
        expect_error(text, read_error::no_event);
}

TEST(event_reader, refuses_what_is_no_object)
{
    for (const std::string_view text : {""sv,
                                        " "sv,
                                        "\n"sv,
                                        "null"sv,
                                        "true"sv,
                                        "7"sv,
                                        R"("event")"sv,
                                        "[]"sv,
                                        R"([{"event":"e"}])"sv,
                                        R"([{"event":"e"},{"event":"e"}])"sv,
                                        "event"sv,
                                        "{"sv,
                                        "}"sv,
                                        "{}{}"sv,
                                        "{},"sv,
                                        "{}x"sv,
                                        "{}\0"sv,
                                        "\0{}"sv,
                                        "\0"sv,
                                        R"({"event":"e"}})"sv,
                                        R"({"event":"e"}])"sv,
                                        R"({"event":"e"}{"event":"e"})"sv,
                                        R"({"event":"e"} 1)"sv,
                                        R"({"event":"e"}//)"sv,
                                        R"(//
{"event":"e"})"sv,
                                        R"(/**/{"event":"e"})"sv,
                                        "\xef\xbb\xbf{\"event\":\"e\"}"sv,
                                        "\xef\xbb\xbf"sv,
                                        "\f{\"event\":\"e\"}"sv,
                                        "\v{\"event\":\"e\"}"sv,
                                        "\xc2\xa0{\"event\":\"e\"}"sv,
                                        "{\"event\":\"e\"}\xc2\xa0"sv,
                                        "{\"event\":\"e\"}\xff"sv})
        expect_error(text, read_error::invalid_format);
}

TEST(event_reader, refuses_an_envelope_that_is_not_strictly_json)
{
    for (const std::string_view text : {R"({event:"e"})"sv,
                                        R"({'event':"e"})"sv,
                                        R"({"event":'e'})"sv,
                                        R"({"event""e"})"sv,
                                        R"({"event" "e"})"sv,
                                        R"({"event"="e"})"sv,
                                        R"({"event"::"e"})"sv,
                                        R"({"event":})"sv,
                                        R"({"event"})"sv,
                                        R"({"event",})"sv,
                                        R"({"event":"e",})"sv,
                                        R"({,"event":"e"})"sv,
                                        R"({"event":"e",,"id":"1"})"sv,
                                        R"({"event":"e""id":"1"})"sv,
                                        R"({"event":"e" "id":"1"})"sv,
                                        R"({"event":"e";"id":"1"})"sv,
                                        R"({"event":"e"])"sv,
                                        R"(["event":"e"})"sv,
                                        R"({"event":"e":"f"})"sv,
                                        R"({"event","e"})"sv,
                                        R"({1:"e","event":"e"})"sv,
                                        R"({null:1,"event":"e"})"sv,
                                        R"({[]:1,"event":"e"})"sv,
                                        R"({"event":"e"/**/})"sv,
                                        R"({"event":e})"sv,
                                        R"({"\event":"e"})"sv,
                                        R"({"event":"e","\u00":1})"sv,
                                        "{\"event\":\"e\",\"a\nb\":1}"sv,
                                        "{\"event\":\"e\",\"\x80\":1}"sv,
                                        "{\"event\":\f\"e\"}"sv,
                                        R"({"event":"e","id":"1)"sv})
        expect_error(text, read_error::invalid_format);
}

TEST(event_reader, refuses_data_that_is_not_strictly_json)
{
    const std::string_view values[] = {
        // numbers
        "01",
        "-01",
        "00",
        "+1",
        "-",
        "--1",
        "-a",
        ".5",
        "-.5",
        "1.",
        "1.e5",
        "1..2",
        "1.2.3",
        "1e",
        "1e+",
        "1e-",
        "1e+-1",
        "1e1.5",
        "1ee1",
        "0x10",
        "0x",
        "1_000",
        "1a",
        "NaN",
        "-NaN",
        "Infinity",
        "-Infinity",
        "1 2",
        "1f",
        "0b1",
        "\u0661",
        // literals
        "True",
        "TRUE",
        "tru",
        "truee",
        "true1",
        "nul",
        "nulll",
        "none",
        "fals",
        "falsey",
        "undefined",
        "true false",
        "truefalse",
        "true\"x\"",
        "t",
        "f",
        "n",
        "1\"x\"",
        "null[]",
        "\"a\"true",
        // strings
        R"("\q")",
        R"("\")",
        R"("\u")",
        R"("\u1")",
        R"("\u12")",
        R"("\u123")",
        R"("\u123g")",
        R"("\U0041")",
        R"("\x41")",
        R"("\'")",
        R"("\0")",
        R"("\u 041")",
        R"("\u+041")",
        "\"\\\n\"",
        "\"\n\"",
        "\"\t\"",
        "\"\r\"",
        "\"\x01\"",
        "\"\x1f\"",
        "\"1234567\x1f\"",
        "\"12345678\x01\"",
        "\"\0\""sv,
        "\"\\\0\""sv,
        "'a'",
        "\"a\"\"b\"",
        "\"a\" \"b\"",
        "\"",
        "\"a",
        "a\"",
        // UTF-8: stray, cut off, overlong, surrogate, beyond U+10FFFF
        "\"\x80\"",
        "\"\xc3\"",
        "\"\xe2\x82\"",
        "\"\xf0\x9f\x98\"",
        "\"\xc0\xaf\"",
        "\"\xe0\x80\xaf\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xff\"",
        "\"\xfe\"",
        "\xff",
        // arrays and objects
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "[1,,2]",
        "[1 2]",
        "[1:2]",
        "[1}",
        "[1;2]",
        "[[]",
        "[]]",
        "[\"a\"",
        "[\"a\":1]",
        "[1]2",
        "[1][2]",
        "{",
        "{]",
        "[}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{,\"a\":1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,,\"b\":2}",
        "{\"a\" 1}",
        "{\"a\",1}",
        "{\"a\":1]",
        "{a:1}",
        "{1:1}",
        "{'a':1}",
        "{\"a\"::1}",
        "{\"a\":1:2}",
        "{{}:1}",
        "{[]:1}",
        "{\"a\":[}",
        "{\"\\q\":1}",
        "{\"a\":{\"b\":01}}",
        "[{\"a\":tru}]",
        // what other readers allow
        "/**/1",
        "1//",
        "1/**/",
        "#",
        "1 #",
        "",
        " ",
        ",",
        ":",
        "\\u0031",
        "\f1",
        "1\v",
        "\xc2\xa0"
        "1",
        "[1]\0"sv,
        "\0"sv,
    };
    for (const std::string_view value : values) {
        const std::string raw(value);
        expect_error(R"({"event":"e","data":)" + raw + "}", read_error::invalid_format);
        expect_error(R"({"data":[)" + raw + R"(,0],"event":"e"})", read_error::invalid_format);
    }
}

TEST(event_reader, checks_members_that_it_does_not_know)
{
    expect_error(R"({"event":"e","other":01})", read_error::invalid_format);
    expect_error(R"({"event":"e","data":nil,"data":1})", read_error::invalid_format);
    expect_error(R"({"data":nil})", read_error::invalid_format);
}

TEST(event_reader, refuses_every_prefix_of_a_message)
{
    const std::string text =
        R"({"event":"m\u0065\n","data":{"a":[1.5e+3,-0,true,false,null,"\u00e9\\"],"b":{}},"id":"7"})";
    ASSERT_EQ(event_of(text), "me\n");
    for (std::size_t size = 0; size < text.size(); ++size)
        expect_error(std::string_view(text).substr(0, size), read_error::invalid_format);
}

TEST(event_reader, does_not_see_what_stands_behind_a_message)
{
    event_reader reader;
    for (const std::string& after : surroundings) {
        const tight_text tight(R"({"event":"e","data":12})", after);
        const read_result result = reader.read(tight.view());
        ASSERT_TRUE(result) << after;
        EXPECT_EQ(result->data, "12");
    }
}

TEST(event_reader, finds_what_ends_a_string_at_every_place)
{
    for (std::size_t length = 0; length < 40; ++length) {
        const std::string before = R"({"event":"e","data":")" + std::string(length, 'x');
        EXPECT_EQ(data_of(before + "\"}").size(), length + 2);
        EXPECT_EQ(data_of(before + "\\n\xc3\xa9\x7f\"}").size(), length + 7);
        expect_error(before + "\x1f" + "xxxxxxxxxxxx\"}", read_error::invalid_format);
        expect_error(before + "\\qxxxxxxxxxxxx\"}", read_error::invalid_format);
        expect_error(before + "\xc3\"}", read_error::invalid_format);
    }
}

TEST(event_reader, allows_1024_levels_and_no_more)
{
    EXPECT_EQ(data_of(nested(1024)).size(), 2 * 1023U);
    expect_error(nested(1025), read_error::invalid_format);
    expect_error(nested(100'000), read_error::invalid_format);
    expect_error(R"({"event":"e","data":)" + std::string(100'000, '['), read_error::invalid_format);
}

TEST(event_reader, keeps_arrays_and_objects_apart_at_every_depth)
{
    for (const std::size_t depth : {1U, 2U, 62U, 63U, 64U, 65U, 127U, 128U, 500U}) {
        std::string opening, closing;
        for (std::size_t i = 0; i < depth; ++i) {
            opening += i % 3 == 0 ? "[" : R"({"k":)";
            closing.insert(0, 1, i % 3 == 0 ? ']' : '}');
        }
        const std::string value = opening + "1" + closing;
        EXPECT_EQ(data_of(R"({"event":"e","data":)" + value + "}"), value);
        for (std::size_t i = 0; i < depth; ++i) {
            std::string wrong = closing;
            wrong[i] = wrong[i] == ']' ? '}' : ']';
            expect_error(R"({"event":"e","data":)" + opening + "1" + wrong + "}",
                         read_error::invalid_format);
        }
    }
}

TEST(event_reader, forgets_the_message_before)
{
    event_reader reader;
    EXPECT_TRUE(reader.read(R"({"event":"\u0061","data":1,"id":"\u0062"})"));
    EXPECT_EQ(reader.read("{}").error, read_error::no_event);
    const read_result result = reader.read(R"({"event":"e"})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->data, "");
    EXPECT_EQ(result->id, "");
}

TEST(event_reader, reads_names_beyond_the_memory_that_it_keeps)
{
    event_reader reader(16);
    const std::string name(100'000, 'x');
    const std::string whole(name.size() + 1, 'x');
    for (int i = 0; i < 2; ++i) {
        const std::string text = R"({"event":"\u0078)" + name + R"(","id":"\u0078)" + name + "\"}";
        const read_result large = reader.read(text);
        ASSERT_TRUE(large);
        EXPECT_EQ(large->event, whole);
        EXPECT_EQ(large->id, whole);
        const read_result small = reader.read(R"({"event":"\u0078","id":"y\n"})");
        ASSERT_TRUE(small);
        EXPECT_EQ(small->event, "x");
        EXPECT_EQ(small->id, "y\n");
    }
}

} // namespace cresset::protocol
