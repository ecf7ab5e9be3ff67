// A request as it arrives (RFC 9112, section 2.1), and what is expected where:
//
//     CR LF                                           head: a few empty lines are skipped
//     POST /where?now HTTP/1.1 CR LF                  head
//     Host: example.org CR LF                         head
//     CR LF                                           head
//     ...                                             sized_body: Content-Length bytes, or
//
//     5;extension=value CR LF                         chunk_size    <-+
//     hello                                           chunk_data      |
//     CR LF                                           chunk_end     --+
//     0 CR LF                                         chunk_size
//     Trailer: value CR LF                            trailers
//     CR LF                                           trailers
//
// Everything but data comes in lines, and each line is checked by itself as soon as it is whole,
// before Beast sees it: Beast unfolds headers and lets some bytes pass that we do not.

#include "http/request_parser.hpp"

#include "http/grammar.hpp"
#include "http/line.hpp"
#include "http/request_rules.hpp"
#include "http/target.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace cresset::http {
namespace {

namespace beast = boost::beast;

// RFC 9112, section 2.2 asks for at least one: some clients end a body with a line end too many.
constexpr unsigned leading_empty_lines_max = 4;

constexpr std::string_view body_too_large = "the body is larger than this server takes";

std::string to_string(beast::string_view text)
{
    return {text.data(), text.size()};
}

// Beast's parser of one request, filling ours. Not eager: it stops behind the head, and behind
// every size line of a chunk.
class message_reader : private beast::http::basic_parser<true>
{
public:
    explicit message_reader(const request_limits& limits)
        : body_bytes_max_(limits.body_bytes_max), extension_bytes_left_(limits.head_bytes_max)
    {
        // The limits are ours: head and lines are measured before they come here, and the body in
        // check_request and on_chunk_header_impl.
        header_limit(
            static_cast<std::uint32_t>(std::min<std::size_t>(limits.head_bytes_max, UINT32_MAX)));
        body_limit(boost::none);
    }

    // Takes nothing if it needs more.
    refusal read(std::string_view& bytes)
    {
        beast::error_code code;
        bytes.remove_prefix(put(boost::asio::const_buffer(bytes.data(), bytes.size()), code));
        if (!code || code == beast::http::error::need_more)
            return {};
        return refusal_ ? refusal_ : explain(code);
    }

    using basic_parser::chunked;
    using basic_parser::is_done;

    bool inside_chunk() const noexcept { return chunk_bytes_left_ != 0; }
    request& message() noexcept { return message_; }

private:
    static refusal explain(beast::error_code code)
    {
        using beast::http::error;
        if (code == error::bad_content_length || code == error::multiple_content_length ||
            code == error::bad_transfer_encoding)
            return {400, "headers that disagree about the length of the body"};
        if (code == error::bad_chunk || code == error::bad_chunk_extension)
            return {400, "a malformed chunk"};
        if (code == error::bad_value)
            return {400, "the Connection header is malformed"};
        return {400, "the request is malformed"};
    }

    void refuse(unsigned status, std::string_view why, beast::error_code& code)
    {
        refusal_ = {status, why};
        code = beast::http::error::body_limit; // any will do: read() prefers the refusal
    }

    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                         int version, beast::error_code&) override
    {
        message_.method = to_string(method);
        message_.target = to_string(target);
        message_.http_1_1 = version == 11;
    }

    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                       beast::error_code&) override
    {
        if (!in_trailers_)
            message_.headers.push_back({to_string(name), to_string(value)});
    }

    std::size_t on_body_impl(beast::string_view body, beast::error_code&) override
    {
        message_.body.append(body.data(), body.size());
        return body.size();
    }

    void on_chunk_header_impl(std::uint64_t size, beast::string_view extension,
                              beast::error_code& code) override
    {
        // Else bodies of single bytes could each bring along a long line of them, for ever
        // (RFC 9112, section 7.1.1).
        if (extension.size() > extension_bytes_left_)
            return refuse(431, "too many chunk extensions", code);
        extension_bytes_left_ -= extension.size();
        if (size > body_bytes_max_ - message_.body.size())
            return refuse(413, body_too_large, code);
        chunk_bytes_left_ = size;
        in_trailers_ = size == 0;
    }

    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                   beast::error_code& code) override
    {
        chunk_bytes_left_ -= body.size();
        return on_body_impl(body, code);
    }

    void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
    void on_header_impl(beast::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
    void on_finish_impl(beast::error_code&) override {}

    request message_;
    std::size_t body_bytes_max_;
    std::size_t extension_bytes_left_;
    std::uint64_t chunk_bytes_left_ = 0;
    bool in_trailers_ = false;
    refusal refusal_;
};

// RFC 9112, section 9.3. Not Beast's answer, which lets keep-alive win over close in HTTP/1.0, and
// listens to Proxy-Connection.
bool keeps_alive(const request& asked)
{
    const auto says = [&asked](std::string_view option) {
        return std::ranges::any_of(asked.headers, [option](const header& field) {
            return iequals(field.name, "Connection") && has_token(field.value, option);
        });
    };
    return !says("close") && (asked.http_1_1 || says("keep-alive"));
}

// A target in absolute-form says the host too, for HTTP/1.0 perhaps alone. Where both do, they have
// been found to agree.
void adopt_host_of_target(request& asked)
{
    const target_parts parts = split_target(asked.target);
    if (parts.absolute && asked.find("Host") == nullptr)
        asked.headers.push_back({"Host", std::string(parts.authority)});
}

} // namespace

class request_parser::machine
{
public:
    explicit machine(const request_limits& limits) : limits_(limits) {}

    status feed(std::string_view& input);
    request take();

    const refusal& failure() const noexcept { return failure_; }
    bool started() const noexcept { return message_ ? !message_->is_done() : !lines_.empty(); }

private:
    enum class phase
    {
        head,
        sized_body,
        chunk_size,
        chunk_data,
        chunk_end,
        trailers,
        complete,
        failed
    };

    void step(std::string_view& input);
    void read_head(std::string_view& input);
    void check_head_line(std::string_view line);
    void finish_head();
    void read_data(std::string_view& input);
    void read_chunk_size(std::string_view& input);
    void read_chunk_end(std::string_view& input);
    void read_trailers(std::string_view& input);

    std::optional<std::string_view> next_line(std::string_view& input);
    bool read_lines();
    bool refuse(const refusal& found);

    request_limits limits_;
    phase phase_ = phase::head;
    // The lines that Beast has not taken yet, the last one perhaps unfinished, and where that
    // begins.
    std::string lines_;
    std::size_t line_begin_ = 0;
    unsigned empty_lines_ = 0;
    std::size_t headers_ = 0;
    std::optional<message_reader> message_; // from the end of the head until it is taken
    refusal failure_;
};

request_parser::status request_parser::machine::feed(std::string_view& input)
{
    while (!input.empty() && phase_ != phase::complete && phase_ != phase::failed)
        step(input);
    switch (phase_) {
    case phase::complete:
        return status::complete;
    case phase::failed:
        return status::failed;
    default:
        return status::need_more;
    }
}

void request_parser::machine::step(std::string_view& input)
{
    switch (phase_) {
    case phase::head:
        return read_head(input);
    case phase::sized_body:
    case phase::chunk_data:
        return read_data(input);
    case phase::chunk_size:
        return read_chunk_size(input);
    case phase::chunk_end:
        return read_chunk_end(input);
    case phase::trailers:
        return read_trailers(input);
    case phase::complete:
    case phase::failed:
        return;
    }
}

void request_parser::machine::read_head(std::string_view& input)
{
    const auto line = next_line(input);
    if (!line)
        return;
    if (!line->empty())
        return check_head_line(*line);
    if (lines_.size() > 2)
        return finish_head();
    lines_.clear();
    line_begin_ = 0;
    if (++empty_lines_ > leading_empty_lines_max)
        refuse({400, "too many empty lines before the request line"});
}

void request_parser::machine::check_head_line(std::string_view line)
{
    const bool first = line.data() == lines_.data();
    if (!first && ++headers_ > limits_.headers_max)
        refuse({431, "more headers than this server takes"});
    else
        refuse(first ? check_request_line(line) : check_field_line(line));
}

void request_parser::machine::finish_head()
{
    message_.emplace(limits_);
    if (!read_lines())
        return;
    request& asked = message_->message();
    if (refuse(check_request(asked, limits_.body_bytes_max)))
        return;
    adopt_host_of_target(asked);
    asked.keep_alive = keeps_alive(asked);
    if (message_->is_done())
        phase_ = phase::complete;
    else
        phase_ = message_->chunked() ? phase::chunk_size : phase::sized_body;
}

void request_parser::machine::read_data(std::string_view& input)
{
    if (refuse(message_->read(input)))
        return;
    if (message_->is_done())
        phase_ = phase::complete;
    else if (phase_ == phase::chunk_data && !message_->inside_chunk())
        phase_ = phase::chunk_end;
}

// Beast takes the line at once if a chunk follows; the last size line, 0, only with all trailers.
void request_parser::machine::read_chunk_size(std::string_view& input)
{
    if (next_line(input) && read_lines())
        phase_ = lines_.empty() ? phase::chunk_data : phase::trailers;
}

// The line end behind the data stays in lines_: Beast wants it with the size line that follows.
void request_parser::machine::read_chunk_end(std::string_view& input)
{
    const auto line = next_line(input);
    if (!line)
        return;
    if (!line->empty())
        refuse({400, "a chunk longer than its size"});
    else
        phase_ = phase::chunk_size;
}

void request_parser::machine::read_trailers(std::string_view& input)
{
    const auto line = next_line(input);
    if (!line)
        return;
    if (!line->empty()) {
        refuse(check_field_line(*line));
        return;
    }
    if (!read_lines())
        return;
    // Not done: a quoted extension that does not end with its line.
    if (message_->is_done())
        phase_ = phase::complete;
    else
        refuse({400, "a malformed chunk"});
}

// The line that input completes, without its CR LF: a view into lines_.
std::optional<std::string_view> request_parser::machine::next_line(std::string_view& input)
{
    const bool in_head = phase_ == phase::head;
    const refusal too_long{431, in_head
                                    ? "the head is larger than this server takes"
                                    : "chunk extensions or trailers larger than this server takes"};
    switch (take_line(input, lines_, limits_.head_bytes_max)) {
    case line_status::need_more:
        return std::nullopt;
    case line_status::bad_byte:
        refuse({400, "a control character, or a line that does not end in CR LF"});
        return std::nullopt;
    case line_status::too_long:
        refuse(too_long);
        return std::nullopt;
    case line_status::whole:
        break;
    }
    const std::string_view line(lines_.data() + line_begin_, lines_.size() - line_begin_ - 2);
    line_begin_ = lines_.size();
    // An empty line must still fit behind it.
    if (!line.empty() && lines_.size() + 2 > limits_.head_bytes_max) {
        refuse(too_long);
        return std::nullopt;
    }
    return line;
}

// Gives Beast the lines; false if they were refused.
bool request_parser::machine::read_lines()
{
    std::string_view rest = lines_;
    if (refuse(message_->read(rest)))
        return false;
    if (rest.size() != lines_.size()) {
        assert(rest.empty());
        lines_.clear();
        line_begin_ = 0;
    }
    return true;
}

bool request_parser::machine::refuse(const refusal& found)
{
    if (!found)
        return false;
    failure_ = found;
    phase_ = phase::failed;
    return true;
}

request request_parser::machine::take()
{
    assert(phase_ == phase::complete);
    request taken = std::move(message_->message());
    message_.reset();
    phase_ = phase::head;
    empty_lines_ = 0;
    headers_ = 0;
    return taken;
}

request_parser::request_parser(const request_limits& limits)
    : machine_(std::make_unique<machine>(limits))
{}
request_parser::request_parser(request_parser&&) noexcept = default;
request_parser& request_parser::operator=(request_parser&&) noexcept = default;
request_parser::~request_parser() = default;

request_parser::status request_parser::feed(std::string_view& input)
{
    return machine_->feed(input);
}

request request_parser::take()
{
    return machine_->take();
}

unsigned request_parser::error() const noexcept
{
    return machine_->failure().status;
}

std::string_view request_parser::error_text() const noexcept
{
    return machine_->failure().why;
}

bool request_parser::started() const noexcept
{
    return machine_->started();
}

} // namespace cresset::http
