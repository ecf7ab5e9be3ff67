#include "http/request_parser.hpp"
#include "parser_driver.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cresset::http {
namespace {

using namespace std::string_literals;
using status = request_parser::status;

// The one request in these bytes, nothing before or after it.
std::string only_request(std::string_view bytes)
{
    const parse_outcome outcome = parse_every_way(bytes);
    EXPECT_EQ(outcome.last, status::complete) << outcome.error_text;
    EXPECT_FALSE(outcome.started);
    return outcome.requests.size() == 1 ? outcome.requests.front() : "not one request";
}

request parse_one(std::string_view bytes)
{
    request_parser parser({});
    EXPECT_EQ(parser.feed(bytes), status::complete) << parser.error_text();
    return parser.take();
}

TEST(request_parser, reads_a_request_without_a_body)
{
    EXPECT_EQ(only_request("GET /ws?token=1 HTTP/1.1\r\nHost: localhost:3000\r\n\r\n"),
              "GET /ws?token=1 HTTP/1.1 keep-alive | Host=localhost:3000 | ");
}

TEST(request_parser, keeps_headers_in_the_order_received_and_doubled_ones)
{
    EXPECT_EQ(only_request("GET / HTTP/1.1\r\nhost:a\r\nX-A:\t1 \t\r\nX-B: \r\nx-a: 2 3\r\n\r\n"),
              "GET / HTTP/1.1 keep-alive | host=a | X-A=1 | X-B= | x-a=2 3 | ");
}

TEST(request_parser, lets_tabs_and_bytes_over_127_pass_in_values)
{
    EXPECT_EQ(only_request("GET / HTTP/1.1\r\nHost: a\r\nX: b\tc\xc3\xa9\xff\r\n\r\n"),
              "GET / HTTP/1.1 keep-alive | Host=a | X=b\tc\xc3\xa9\xff | ");
}

TEST(request_parser, reads_a_body_of_the_length_told)
{
    EXPECT_EQ(
        only_request("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n\r\na\r\n\r\n\0z"s),
        "POST /a HTTP/1.1 keep-alive | Host=a | Content-Length=007 | a\r\n\r\n\0z"s);
    EXPECT_EQ(only_request("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
              "POST /a HTTP/1.1 keep-alive | Host=a | Content-Length=0 | ");
}

TEST(request_parser, decodes_chunks_and_drops_extensions_and_trailers)
{
    EXPECT_EQ(only_request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                           "5\r\nhello\r\n"
                           "00b;a=b;c=\"d;e\" ;f\r\n, \r\n0\r\n\r\nwo\r\n"
                           "3\r\nrld\r\n"
                           "0;last\r\nX-Sum: 1\r\nHost: b\r\n\r\n"),
              "POST / HTTP/1.1 keep-alive | Host=a | Transfer-Encoding=Chunked | "
              "hello, \r\n0\r\n\r\nworld");
    EXPECT_EQ(only_request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "0\r\n\r\n"),
              "POST / HTTP/1.1 keep-alive | Host=a | Transfer-Encoding=chunked | ");
}

TEST(request_parser, trailers_do_not_change_what_the_head_said)
{
    EXPECT_EQ(only_request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "0\r\nConnection: close\r\n\r\n"),
              "POST / HTTP/1.1 keep-alive | Host=a | Transfer-Encoding=chunked | ");
}

TEST(request_parser, reads_pipelined_requests_one_after_the_other)
{
    const parse_outcome outcome =
        parse_every_way("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                        "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
                        "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nyo\r\n0\r\n\r\n"
                        "\r\nGET /4 HTTP/1.0\r\n\r\n"
                        "GET /5");
    EXPECT_EQ(outcome.requests,
              (std::vector<std::string>{
                  "GET /1 HTTP/1.1 keep-alive | Host=a | ",
                  "POST /2 HTTP/1.1 keep-alive | Host=a | Content-Length=2 | hi",
                  "POST /3 HTTP/1.1 keep-alive | Host=a | Transfer-Encoding=chunked | yo",
                  "GET /4 HTTP/1.0 close | "}));
    EXPECT_EQ(outcome.last, status::need_more);
    EXPECT_TRUE(outcome.started);
}

TEST(request_parser, leaves_in_the_input_what_follows_a_request)
{
    const std::string upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
                                "Upgrade: websocket\r\n\r\n";
    const std::string frame = "\x81\x80"s + "\0\0\0\0"s;
    const std::string bytes = upgrade + frame;
    request_parser parser({});
    std::string_view input = bytes;
    ASSERT_EQ(parser.feed(input), status::complete);
    EXPECT_EQ(input, frame);
    ASSERT_EQ(parser.feed(input), status::complete) << "until it is taken";
    EXPECT_EQ(input, frame);
}

TEST(request_parser, knows_whether_the_connection_is_kept)
{
    const auto keeps = [](std::string_view version, std::string_view headers) {
        return parse_one("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" +
                         std::string(headers) + "\r\n")
            .keep_alive;
    };
    EXPECT_TRUE(keeps("1.1", ""));
    EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: foo , CLOSE\r\n"));
    EXPECT_FALSE(keeps("1.1", "Connection: upgrade\r\nConnection: close\r\n"));
    EXPECT_TRUE(keeps("1.1", "Proxy-Connection: close\r\n"));
    EXPECT_FALSE(keeps("1.0", ""));
    EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
    EXPECT_FALSE(keeps("1.0", "Connection: keep-alive, close\r\n"));
}

TEST(request_parser, takes_an_absolute_target_that_names_the_host_of_the_header)
{
    const request asked = parse_one("GET HTTP://b:80/x?y HTTP/1.1\r\nHost: B:80\r\n\r\n");
    EXPECT_EQ(asked.path(), "/x");
    EXPECT_EQ(asked.count("host"), 1u);
    EXPECT_EQ(*asked.find("host"), "B:80");
    EXPECT_EQ(only_request("GET https://b HTTP/1.0\r\n\r\n"),
              "GET https://b HTTP/1.0 close | Host=b | ");
}

TEST(request_parser, takes_the_asterisk_with_options_and_hosts_of_every_kind)
{
    EXPECT_EQ(parse_one("OPTIONS * HTTP/1.1\r\nHost: \r\n\r\n").target, "*");
    for (const std::string host : {"[::1]:80", "[::1]", "a:", "a:080", "%7Ea", "a.b-c_d~!$&'()*+;=",
                                   "192.0.2.1:1", "999.1", "xn--bcher-kva.example."})
        EXPECT_EQ(*parse_one("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").find("Host"), host);
}

TEST(request_parser, ignores_expectations_of_http_1_0)
{
    EXPECT_EQ(only_request("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"),
              "GET / HTTP/1.0 close | Expect=100-continue | ");
}

TEST(request_parser, skips_a_few_empty_lines_and_no_more)
{
    const std::string request = "GET / HTTP/1.0\r\n\r\n";
    EXPECT_EQ(only_request("\r\n\r\n\r\n\r\n" + request), "GET / HTTP/1.0 close | ");
    EXPECT_EQ(parse_every_way("\r\n\r\n\r\n\r\n\r\n" + request).error, 400u);

    const parse_outcome outcome = parse_every_way("\r\n\r\n");
    EXPECT_EQ(outcome.last, status::need_more);
    EXPECT_FALSE(outcome.started);
}

TEST(request_parser, has_started_until_the_request_is_complete)
{
    const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "2\r\nyo\r\n0\r\nA: b\r\n\r\n";
    request_parser parser({});
    EXPECT_FALSE(parser.started());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string_view input(&bytes[i], 1);
        const bool last = i + 1 == bytes.size();
        EXPECT_EQ(parser.feed(input), last ? status::complete : status::need_more);
        EXPECT_EQ(parser.started(), !last);
    }
    parser.take();
    EXPECT_FALSE(parser.started());
}

TEST(request_parser, says_the_same_and_takes_nothing_after_a_failure)
{
    request_parser parser({});
    std::string_view bad = "\n";
    ASSERT_EQ(parser.feed(bad), status::failed);
    std::string_view good = "GET / HTTP/1.0\r\n\r\n";
    const std::string_view before = good;
    EXPECT_EQ(parser.feed(good), status::failed);
    EXPECT_EQ(good, before);
    EXPECT_EQ(parser.error(), 400u);
}

TEST(request_parser, can_be_moved_in_the_middle_of_a_request)
{
    request_parser first({});
    std::string_view piece = "GET / HTT";
    first.feed(piece);
    request_parser second = std::move(first);
    piece = "P/1.0\r\n\r\n";
    ASSERT_EQ(second.feed(piece), status::complete);
    EXPECT_EQ(second.take().method, "GET");
}

// A request's bytes changed at random, a few hundred ways: no cut may change what comes out.
TEST(request_parser, is_not_swayed_by_cuts_in_damaged_requests)
{
    const std::string sound =
        "\r\nPOST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        "PUT http://h/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: "
        "close\r\n\r\n"
        "5;a=\"b\"\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.0\r\n\r\n";
    const std::string spice = "\r\n \t:;,\"\\=09afx\x01\x7f\xff/?#Hh\0"s;
    request_limits limits;
    limits.head_bytes_max = 120;
    limits.headers_max = 4;
    limits.body_bytes_max = 10;
    std::mt19937 random(7); // a fixed seed: a failure can be had again
    const auto below = [&random](std::size_t n) { return std::size_t{random() % n}; };
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = sound;
        for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
            const std::size_t at = below(bytes.size());
            const std::size_t kind = below(4);
            if (kind == 0)
                bytes.erase(at, 1 + below(3));
            else if (kind == 1)
                bytes.insert(at, 1, spice[below(spice.size())]);
            else if (kind == 2)
                bytes[at] = spice[below(spice.size())];
            else
                bytes.insert(below(bytes.size()), bytes.substr(at, below(30)));
        }
        const parse_outcome whole = parse_pieces({bytes}, limits);
        const std::string_view view = bytes;
        const std::size_t cut = below(view.size());
        ASSERT_EQ(parse_by_byte(view, limits), whole) << ::testing::PrintToString(bytes);
        ASSERT_EQ(parse_pieces({view.substr(0, cut), view.substr(cut)}, limits), whole)
            << ::testing::PrintToString(bytes) << " cut at " << cut;
    }
}

} // namespace
} // namespace cresset::http
