#include "http/response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cresset::http {
namespace {

// "Sun, 06 Nov 1994 08:49:37 GMT" as its shape: "Aaa, 00 Aaa 0000 00:00:00 AAA".
std::string shape_of(std::string text)
{
    for (char& c : text) {
        if (c >= '0' && c <= '9')
            c = '0';
        else if (c >= 'a' && c <= 'z')
            c = 'a';
        else if (c >= 'A' && c <= 'Z')
            c = 'A';
    }
    return text;
}

// The bytes to send, without the line of the date, which is looked at here.
std::string sent(const response& answer, bool keep_alive = true, bool with_body = true)
{
    std::string bytes = serialize(answer, keep_alive, with_body);
    const std::size_t begin = bytes.find("\r\nDate: ") + 2;
    const std::size_t end = bytes.find("\r\n", begin) + 2;
    EXPECT_EQ(shape_of(bytes.substr(begin, end - begin)),
              "Aaaa: Aaa, 00 Aaa 0000 00:00:00 AAA\r\n");
    return bytes.erase(begin, end - begin);
}

response with_body(const char* body)
{
    response answer;
    answer.body = body;
    return answer;
}

TEST(response, has_type_length_and_body)
{
    EXPECT_EQ(sent(with_body("hello\n")), "HTTP/1.1 200 OK\r\n"
                                          "Content-Type: text/plain; charset=utf-8\r\n"
                                          "Content-Length: 6\r\n\r\nhello\n");
}

TEST(response, without_a_body_has_a_length_and_no_type)
{
    EXPECT_EQ(sent({}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(response, to_head_tells_the_length_and_leaves_the_body_out)
{
    EXPECT_EQ(sent(with_body("hello\n"), true, false), "HTTP/1.1 200 OK\r\n"
                                                       "Content-Type: text/plain; charset=utf-8\r\n"
                                                       "Content-Length: 6\r\n\r\n");
}

TEST(response, says_close_if_either_side_wants_it)
{
    response answer;
    EXPECT_EQ(sent(answer, false),
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    answer.close = true;
    EXPECT_EQ(sent(answer, true),
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(response, that_switches_protocols_has_only_its_own_headers)
{
    response answer = with_body("not sent");
    answer.status = 101;
    answer.headers = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}};
    EXPECT_EQ(sent(answer, false), "HTTP/1.1 101 Switching Protocols\r\n"
                                   "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(response, without_content_has_neither_length_nor_body)
{
    response answer = with_body("not sent");
    answer.status = 204;
    EXPECT_EQ(sent(answer), "HTTP/1.1 204 No Content\r\n\r\n");
    answer.status = 304;
    EXPECT_EQ(sent(answer), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(response, never_lets_a_line_end_into_a_header)
{
    response answer = with_body("x");
    answer.content_type = "text/html\r\nEvil: 1";
    answer.headers = {{"Location", "/a\r\n\r\nHTTP/1.1 200 OK"},
                      {"A\nB", std::string("c\0d\r", 4)}};
    EXPECT_EQ(sent(answer), "HTTP/1.1 200 OK\r\nContent-Type: text/html  Evil: 1\r\n"
                            "Content-Length: 1\r\n"
                            "Location: /a    HTTP/1.1 200 OK\r\nA B: c d \r\n\r\nx");
}

TEST(response, to_an_error_says_what_and_why)
{
    const response answer = error_response(404, "nothing here");
    EXPECT_EQ(answer.status, 404u);
    EXPECT_EQ(answer.body, "404 Not Found\nnothing here\n");
    EXPECT_FALSE(answer.close);
    EXPECT_EQ(error_response(500, "").body, "500 Internal Server Error\n");
}

TEST(response, has_a_reason_phrase_for_every_status_in_use)
{
    for (const unsigned status : {101, 200, 204, 301, 302, 304, 400, 401, 403, 404, 405,
                                  408, 413, 414, 417, 426, 429, 431, 500, 501, 503, 505})
        EXPECT_FALSE(reason_phrase(status).empty()) << status;
    response answer;
    answer.status = 299;
    EXPECT_EQ(sent(answer), "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n");
}

} // namespace
} // namespace cresset::http
