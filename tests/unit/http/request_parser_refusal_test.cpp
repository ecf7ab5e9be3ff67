// What request_parser refuses, and with which status.

#include "http/request_parser.hpp"
#include "parser_driver.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::http {
namespace {

using namespace std::string_literals;
using status = request_parser::status;

struct bad_request
{
    std::string what;
    unsigned error;
    std::string bytes;
};

// A head that is fine but for these headers, or with a body behind them.
std::string with(const std::string& headers, const std::string& body = "")
{
    return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& body)
{
    return with("Transfer-Encoding: chunked\r\n", body);
}

const bad_request bad_requests[] = {
    // The request line.
    {"LF as its end", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    {"CR as its end", 400, "GET / HTTP/1.1\rHost: a\r\n\r\n"},
    {"CR CR LF as its end", 400, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"},
    {"LF before it", 400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space before it", 400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two spaces", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two spaces before the version", 400, "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space at its end", 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
    {"tab for space", 400, "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"one word", 400, "GET\r\n\r\n"},
    {"HTTP/0.9", 400, "GET /\r\n"},
    {"no method", 400, " / HTTP/1.1\r\n"},
    {"no target", 400, "GET HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"method with a slash", 400, "G/T / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"method with a colon", 400, "GET: / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"method in UTF-8", 400, "G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"space in the target", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"UTF-8 in the target", 400, "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"quote in the target", 400, "GET /\" HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"fragment in the target", 400, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"NUL in the target", 400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s},
    {"DEL in the target", 400, "GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"target without a slash", 400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"asterisk with GET", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"another scheme", 400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute target without host", 400, "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute target with a port for a host", 400,
     "GET http://:80/ HTTP/1.1\r\nHost: :80\r\n\r\n"},
    {"absolute target of another host", 400, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute target of another port", 400, "GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"absolute target beside an empty Host", 400, "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n"},
    {"absolute target with a user", 400, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"CONNECT", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"},
    {"HTTP/2's preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
    {"HTTP/0.9 by name", 505, "GET / HTTP/0.9\r\n\r\n"},
    {"HTTP/3.0", 505, "GET / HTTP/3.0\r\n\r\n"},
    {"HTTP/1", 400, "GET / HTTP/1\r\nHost: a\r\n\r\n"},
    {"HTTP/1.10", 400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
    {"http in small letters", 400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
    {"another protocol", 400, "GET / HTTX/1.1\r\nHost: a\r\n\r\n"},
    {"a TLS greeting", 400, "\x16\x03\x01\x02"},

    // Header lines.
    {"LF as a line end", 400, "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
    {"LF as the empty line", 400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"CR in a value", 400, with("X: a\rb\r\n")},
    {"NUL in a value", 400, with("X: a\0b\r\n"s)},
    {"control character in a value", 400, with("X: a\x0b\r\n")},
    {"DEL in a value", 400, with("X: a\x7f\r\n")},
    {"folded value", 400, with("X: a\r\n b\r\n")},
    {"folded value with a tab", 400, with("X: a\r\n\tb: c\r\n")},
    {"folded into nothing", 400, with("X: a\r\n \r\n")},
    {"space before the first header", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {"space before the colon", 400, with("X : a\r\n")},
    {"tab before the colon", 400, with("X\t: a\r\n")},
    {"space before the colon of a length", 400, with("Content-Length : 1\r\n", "a")},
    {"no colon", 400, with("X\r\n")},
    {"no name", 400, with(": a\r\n")},
    {"slash in a name", 400, with("X/Y: a\r\n")},
    {"UTF-8 in a name", 400, with("X\xc3\xa9: a\r\n")},
    {"NUL in a name", 400, with("X\0: a\r\n"s)},
    {"Connection that is no list", 400, with("Connection: a b\r\n")},

    // Host.
    {"no Host", 400, "GET / HTTP/1.1\r\n\r\n"},
    {"no Host beside an absolute target", 400, "GET http://a/ HTTP/1.1\r\n\r\n"},
    {"two Hosts", 400, with("Host: b\r\n")},
    {"two equal Hosts", 400, with("host: a\r\n")},
    {"two Hosts in HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"Hosts in one header", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
    {"Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    {"Host with two ports", 400, "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"},
    {"Host with a port that is no number", 400, "GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n"},
    {"Host with a port alone", 400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"},
    {"Host with half an escape", 400, "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"},
    {"Host with an escape of nothing", 400, "GET / HTTP/1.1\r\nHost: a%zz\r\n\r\n"},
    {"Host with a bracket left open", 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
    {"Host with text behind its bracket", 400, "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"},
    {"Host with a name in brackets", 400, "GET / HTTP/1.1\r\nHost: [a]\r\n\r\n"},
    {"Host with a bracket in its name", 400, "GET / HTTP/1.1\r\nHost: a]\r\n\r\n"},
    {"Host with IPv6 without brackets", 400, "GET / HTTP/1.1\r\nHost: ::1\r\n\r\n"},
    {"Host with nothing in brackets", 400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n"},

    // Length and coding.
    {"length that is no number", 400, with("Content-Length: five\r\n")},
    {"no length", 400, with("Content-Length:\r\n")},
    {"negative length", 400, with("Content-Length: -1\r\n")},
    {"length with a plus", 400, with("Content-Length: +1\r\n", "a")},
    {"hexadecimal length", 400, with("Content-Length: 0x1\r\n", "a")},
    {"length with a fraction", 400, with("Content-Length: 1.0\r\n", "a")},
    {"length with a space", 400, with("Content-Length: 1 0\r\n")},
    {"list of equal lengths", 400, with("Content-Length: 1, 1\r\n", "a")},
    {"two equal lengths", 400, with("Content-Length: 1\r\nContent-Length: 1\r\n", "a")},
    {"two different lengths", 400, with("Content-Length: 1\r\nContent-length: 2\r\n", "ab")},
    {"length, then coding", 400, with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
    {"coding, then length", 400, with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
    {"length and unknown coding", 400, with("Content-Length: 5\r\nTransfer-Encoding: x\r\n")},
    {"two codings", 400, with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
    {"two codings, one unknown", 400,
     with("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n")},
    {"coding with HTTP/1.0", 400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"unknown coding", 501, with("Transfer-Encoding: gzip\r\n")},
    {"list of codings", 501, with("Transfer-Encoding: gzip, chunked\r\n")},
    {"chunked twice", 501, with("Transfer-Encoding: chunked, chunked\r\n")},
    {"chunked, then another", 501, with("Transfer-Encoding: chunked, identity\r\n")},
    {"almost chunked", 501, with("Transfer-Encoding: xchunked\r\n")},
    {"chunked with a parameter", 501, with("Transfer-Encoding: chunked;a=b\r\n")},
    {"chunked with a comma", 501, with("Transfer-Encoding: chunked,\r\n")},
    {"empty coding", 501, with("Transfer-Encoding:\r\n")},
    {"chunked behind a vertical tab", 400,
     with("Transfer-Encoding: \x0b"
          "chunked\r\n")},
    {"length over the limit", 413, with("Content-Length: 65537\r\n")},
    {"length over 64 bits", 413, with("Content-Length: 18446744073709551617\r\n")},
    {"length over 63 bits", 413, with("Content-Length: 9223372036854775808\r\n")},
    {"expectation", 417, with("Expect: 100-continue\r\nContent-Length: 5\r\n")},
    {"unknown expectation", 417, with("Expect: more\r\n")},

    // Chunks.
    {"chunk size that is no number", 400, chunked("x\r\n")},
    {"no chunk size", 400, chunked("\r\n")},
    {"negative chunk size", 400, chunked("-1\r\n")},
    {"chunk size with 0x", 400, chunked("0x5\r\nhello\r\n")},
    {"chunk size with a space before", 400, chunked(" 5\r\nhello\r\n")},
    {"chunk size with a space behind", 400, chunked("5 \r\nhello\r\n")},
    {"chunk size over 64 bits", 400, chunked("10000000000000005\r\nhello\r\n")},
    {"chunk size behind LF", 400, chunked("5\nhello\r\n")},
    {"LF behind a chunk", 400, chunked("5\r\nhello\n0\r\n\r\n")},
    {"chunk longer than its size", 400, chunked("5\r\nhello!\r\n0\r\n\r\n")},
    {"chunk shorter than its size", 400, chunked("6\r\nhello\r\n0\r\n\r\n")},
    {"chunk extension without a name", 400, chunked("5;=\r\nhello\r\n")},
    {"LF in a chunk extension", 400, chunked("5;a\nhello\r\n")},
    {"LF in a quoted extension", 400, chunked("5;a=\"\n\"\r\nhello\r\n")},
    {"line end in a quoted extension", 400, chunked("5;a=\"\r\nX: \"\r\n\r\n")},
    {"quote left open in the last chunk", 400, chunked("0;a=\"\r\n\r\n")},
    {"quote left open, closed in the next request", 400,
     chunked("0;a=\"\r\n\r\nGET /\" HTTP/1.1\r\n")},
    {"chunk over the limit", 413, chunked("10001\r\n")},
    {"chunks over the limit", 413, chunked("2\r\nab\r\nffff\r\n")},
    {"trailer without a colon", 400, chunked("0\r\nX\r\n\r\n")},
    {"folded trailer", 400, chunked("0\r\nX: a\r\n b\r\n\r\n")},
    {"LF behind a trailer", 400, chunked("0\r\nX: a\n\r\n")},
    {"length as a trailer", 400, chunked("0\r\nContent-Length: 5\r\n\r\n")},
};

TEST(request_parser_refusal, has_a_status_for_every_bad_request)
{
    for (const bad_request& bad : bad_requests) {
        SCOPED_TRACE(bad.what);
        const parse_outcome outcome = parse_every_way(bad.bytes);
        EXPECT_EQ(outcome.last, status::failed);
        EXPECT_EQ(outcome.error, bad.error) << outcome.error_text;
        EXPECT_TRUE(outcome.requests.empty());
        EXPECT_FALSE(outcome.error_text.empty());
        EXPECT_EQ(outcome.error_text.find_first_of("\r\n"), std::string::npos);
    }
}

TEST(request_parser_refusal, says_plainly_what_is_wrong)
{
    EXPECT_EQ(parse_every_way(with("X: a\r\n b\r\n")).error_text,
              "a header folded over more than one line");
    EXPECT_EQ(parse_every_way("GET / HTTP/1.1\r\n\r\n").error_text, "no Host header");
}

TEST(request_parser_refusal, hands_out_the_requests_before_a_bad_one)
{
    const parse_outcome outcome = parse_every_way("GET / HTTP/1.0\r\n\r\nGET /\n");
    EXPECT_EQ(outcome.requests.size(), 1u);
    EXPECT_EQ(outcome.error, 400u);
}

TEST(request_parser_refusal, does_not_wait_for_a_line_end_to_refuse_noise)
{
    EXPECT_EQ(parse_every_way("\x16").error, 400u);
    EXPECT_EQ(parse_every_way("GET \0"s).error, 400u);
}

// Exactly the limits, and one more.
class request_parser_limits : public ::testing::Test
{
protected:
    request_parser_limits()
    {
        limits.head_bytes_max = 60;
        limits.headers_max = 3;
        limits.body_bytes_max = 4;
    }

    unsigned error(const std::string& bytes) { return parse_every_way(bytes, limits).error; }

    request_limits limits;
};

TEST_F(request_parser_limits, bound_the_head)
{
    const std::string start = "GET / HTTP/1.0\r\nX: ";
    const std::string value(60 - start.size() - 4, 'a');
    EXPECT_EQ(error(start + value + "\r\n\r\n"), 0u);
    EXPECT_EQ(error(start + value + "a\r\n"), 431u) << "the empty line has no room";
    EXPECT_EQ(error(start + value + "aaaa"), 431u) << "no line end to come";
    EXPECT_EQ(error(start + value + "aaa"), 0u);
    EXPECT_EQ(error("GET /" + std::string(60, 'a')), 431u);
}

TEST_F(request_parser_limits, bound_each_head_by_itself)
{
    const std::string request = "GET / HTTP/1.0\r\nX: aaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";
    EXPECT_EQ(parse_every_way(request + request + request, limits).requests.size(), 3u);
    const std::string full = "GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\n\r\n";
    EXPECT_EQ(parse_every_way(full + full, limits).requests.size(), 2u);
}

TEST_F(request_parser_limits, bound_the_number_of_headers)
{
    EXPECT_EQ(error("GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\n\r\n"), 0u);
    EXPECT_EQ(error("GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\nD:\r\n"), 431u);
}

TEST_F(request_parser_limits, bound_the_body_before_it_is_sent)
{
    EXPECT_EQ(error("POST / HTTP/1.0\r\nContent-Length: 4\r\n\r\nabcd"), 0u);
    EXPECT_EQ(error("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n"), 413u);
    limits.body_bytes_max = 0;
    EXPECT_EQ(error("POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n"), 0u);
    EXPECT_EQ(error("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\n"), 413u);
}

TEST_F(request_parser_limits, bound_the_sum_of_chunks)
{
    const std::string head = "POST / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n";
    EXPECT_EQ(error(head + "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"), 0u);
    EXPECT_EQ(error(head + "3\r\nabc\r\n2\r\n"), 413u);
    EXPECT_EQ(error(head + "ffffffffffffffff\r\n"), 413u);
    EXPECT_EQ(error(head + "1\r\na\r\nffffffffffffffff\r\n"), 413u);
}

TEST_F(request_parser_limits, bound_extensions_and_trailers)
{
    const std::string head = "POST / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n";
    const std::string extension = ";" + std::string(30, 'a');
    EXPECT_EQ(error(head + "1" + extension + "\r\na\r\n"), 0u);
    EXPECT_EQ(error(head + "1" + extension + "\r\na\r\n1" + extension + "\r\n"), 431u);
    EXPECT_EQ(error(head + "1;" + std::string(60, 'a')), 431u);
    EXPECT_EQ(error(head + "0\r\nX: " + std::string(60, 'a')), 431u);
    EXPECT_EQ(
        error(head + "0\r\n" + "A: aaaaaaaaaaaaaaaaaaaaaaaa\r\nA: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
        431u);
}

TEST_F(request_parser_limits, do_not_count_the_empty_lines_before_a_request)
{
    const std::string start = "GET / HTTP/1.0\r\nX: ";
    EXPECT_EQ(error("\r\n\r\n" + start + std::string(60 - start.size() - 4, 'a') + "\r\n\r\n"), 0u);
}

} // namespace
} // namespace cresset::http
