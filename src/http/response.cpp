// A response as it is sent (RFC 9112, section 4):
//
//     HTTP/1.1 200 OK
//     Date: Sun, 06 Nov 1994 08:49:37 GMT
//     Content-Type: text/plain; charset=utf-8       only with a body
//     Content-Length: 6                             not with 1xx, 204, 304
//     Connection: close                             only if it closes
//     X-Other: ...                                  response::headers, in their order
//
//     hello

#include "http/response.hpp"

#include "http/date.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <iterator>

namespace cresset::http {
namespace {

// Statuses whose message ends with its head, whatever Content-Length says (RFC 9112, section 6.3).
// A length with 304 would have to be that of the 200 it stands for, which we do not know.
bool ends_with_head(unsigned status) noexcept
{
    return status < 200 || status == 204 || status == 304;
}

// A value with a line end in it would begin a header, or a response, of its sender's choice.
void append_one_line(std::string& out, std::string_view text)
{
    std::ranges::replace_copy_if(
        text, std::back_inserter(out), [](char c) { return c == '\r' || c == '\n' || c == '\0'; },
        ' ');
}

void append_header(std::string& out, std::string_view name, std::string_view value)
{
    append_one_line(out, name);
    out += ": ";
    append_one_line(out, value);
    out += "\r\n";
}

} // namespace

std::string_view reason_phrase(unsigned status) noexcept
{
    switch (status) {
    case 101:
        return "Switching Protocols";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return ""; // allowed (RFC 9112, section 4), and nobody reads it
    }
}

response error_response(unsigned status, std::string_view why)
{
    response answer;
    answer.status = status;
    answer.body = std::to_string(status);
    answer.body.append(" ").append(reason_phrase(status)).append("\n");
    if (!why.empty())
        answer.body.append(why).append("\n");
    return answer;
}

std::string serialize(const response& answer, bool keep_alive, bool with_body)
{
    assert(answer.status >= 100 && answer.status <= 599);
    std::string out = "HTTP/1.1 " + std::to_string(answer.status) + ' ';
    out.append(reason_phrase(answer.status)).append("\r\n");
    append_header(out, "Date", to_imf_fixdate(std::chrono::system_clock::now()));

    const bool may_have_body = !ends_with_head(answer.status);
    if (may_have_body) {
        if (!answer.body.empty())
            append_header(out, "Content-Type", answer.content_type);
        append_header(out, "Content-Length", std::to_string(answer.body.size()));
    }
    // 101 says "Connection: Upgrade" in its own headers (RFC 9110, section 7.8).
    if ((!keep_alive || answer.close) && answer.status != 101)
        append_header(out, "Connection", "close");
    for (const header& field : answer.headers)
        append_header(out, field.name, field.value);
    out += "\r\n";
    if (may_have_body && with_body)
        out += answer.body;
    return out;
}

} // namespace cresset::http
