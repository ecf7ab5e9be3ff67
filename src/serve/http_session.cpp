#include "serve/http_session.hpp"

#include "http/forwarded_for.hpp"
#include "net/connection_set.hpp"
#include "serve/admission.hpp"

#include <string_view>
#include <utility>

namespace cresset::serve {
namespace {

// Small requests pipelined by the hundred have large answers: no more are made than this, until
// the client has taken those.
constexpr std::size_t answer_bytes_max = 256 * 1024;

} // namespace

http_session::http_session(const http_service& service, const upgrade_handler& upgrade,
                           const base::ip_address& peer, refusals& refused,
                           std::function<void(http_session&)> over)
    : service_(service),
      upgrade_(upgrade),
      peer_(peer),
      refusals_(refused),
      over_(std::move(over)),
      parser_(service.limits)
{}

void http_session::start(net::connection& c, std::span<char> rest)
{
    connection_ = &c;
    if (service_.tls)
        c.begin_tls(
            std::make_unique<net::tls_stream>(service_.tls->current(), c.descriptor(), rest));
    else if (!rest.empty())
        on_data(rest);
}

void http_session::leave()
{
    last_ = true;
    if (!first_ && !started_ && waiting_.empty())
        connection_->finish();
}

void http_session::on_data(std::span<char> bytes)
{
    serve(bytes);
    if (upgraded_)
        over_(*this);
}

void http_session::on_deadline()
{
    // Requests wait for the client to take answers: it has as long for each part that it takes.
    if (!waiting_.empty() && connection_->queued_bytes() < unsent_before_) {
        unsent_before_ = connection_->queued_bytes();
        connection_->set_deadline(service_.request_timeout);
        return;
    }
    if (!started_ && !first_) {
        connection_->finish();
        return;
    }
    refusals_.slow_request();
    refuse(408, "the request did not arrive in time");
}

void http_session::on_drained()
{
    std::string bytes = std::exchange(waiting_, {});
    const std::size_t size = bytes.size();
    bytes.resize(size + net::receive_padding);
    serve({bytes.data(), size});
    if (upgraded_)
        over_(*this);
}

void http_session::on_closed()
{
    if (const std::string why = connection_->tls_failure(); !why.empty())
        service_.tls->count_failure(why);
    over_(*this);
}

void http_session::serve(std::span<char> bytes)
{
    while (!bytes.empty() && connection_->open() && !upgraded_) {
        if (connection_->queued_bytes() > answer_bytes_max) {
            waiting_.assign(bytes.data(), bytes.size());
            unsent_before_ = connection_->queued_bytes();
            connection_->set_deadline(service_.request_timeout);
            connection_->pause_until_drained();
            return;
        }
        std::string_view input(bytes.data(), bytes.size());
        const auto status = parser_.feed(input);
        bytes = bytes.last(input.size());
        if (status == http::request_parser::status::failed) {
            refuse(parser_.error(), parser_.error_text());
            return;
        }
        if (status == http::request_parser::status::complete) {
            answer(parser_.take(), bytes);
        } else if (parser_.started() && !std::exchange(started_, true) && !first_) {
            connection_->set_deadline(service_.request_timeout); // from the first byte of this one
        }
    }
}

void http_session::answer(http::request asked, std::span<char> rest)
{
    first_ = false;
    if (service_.websocket_path.empty() || asked.path() == service_.websocket_path) {
        answer_websocket(asked, rest);
        return;
    }
    asked.client_address = http::client_of(asked, peer_, service_.trusted_proxies).to_string();
    http::response found = answer_elsewhere(asked);
    if (last_)
        found.close = true;
    send(found, asked);
    expect_request();
}

// An upgrade where no WebSocket is: an error, since a proxy may take whatever it sees for a
// WebSocket that has begun, and the end, since what follows may be frames, which are no requests.
// HTTP/1.0 knows no upgrade, and is to be answered as if none was asked for (RFC 9110,
// section 7.8).
http::response http_session::answer_elsewhere(const http::request& asked) const
{
    if (!ws::is_upgrade(asked))
        return service_.routes.route(asked);
    http::response found = asked.http_1_1 && service_.routes.has_path(asked.path())
                               ? http::error_response(400, "this path speaks no WebSocket")
                               : service_.routes.route(asked);
    found.close = true;
    return found;
}

void http_session::answer_websocket(const http::request& asked, std::span<char> rest)
{
    if (!ws::is_upgrade(asked)) {
        http::response wanted = http::error_response(426, "this path speaks WebSocket only");
        wanted.headers.push_back({"Upgrade", "websocket"});
        wanted.headers.push_back({"Connection", "Upgrade"});
        wanted.close = true;
        send(wanted, asked);
        return;
    }
    const base::ip_address client = http::client_of(asked, peer_, service_.trusted_proxies);
    const ws::upgrade made = answer_upgrade(asked, client);
    send(made.answer, asked);
    if (made.answer.status != 101)
        return;
    upgraded_ = true;
    connection_->clear_deadline();
    upgrade_(*connection_, rest, client, made.deflate);
}

ws::upgrade http_session::answer_upgrade(const http::request& asked, const base::ip_address& client)
{
    ws::upgrade made = ws::answer_upgrade(asked, service_.deflate);
    if (made.answer.status != 101)
        return made;
    if (const http::refusal refused = service_.origins.check(asked)) {
        refusals_.origin(asked, client, refused.why);
        made.answer = http::error_response(refused.status, refused.why);
        made.answer.close = true;
    } else if (service_.admission) {
        if (const auto full = service_.admission->enter(client); full.status != 0) {
            refusals_.upgrade(client, full.why);
            made.answer = http::error_response(full.status, full.why);
            made.answer.headers.push_back({"Retry-After", std::to_string(full.retry_after_s)});
            made.answer.close = true;
        }
    }
    return made;
}

void http_session::send(const http::response& answer, const http::request& asked)
{
    const bool keep_alive = asked.keep_alive && !answer.close;
    connection_->send(
        net::segment::copy_of(http::serialize(answer, keep_alive, asked.method != "HEAD")));
    if (!keep_alive && answer.status != 101)
        connection_->finish();
}

void http_session::refuse(unsigned status, std::string_view why)
{
    connection_->send(
        net::segment::copy_of(http::serialize(http::error_response(status, why), false, true)));
    connection_->finish();
}

void http_session::expect_request()
{
    started_ = false;
    connection_->set_deadline(service_.request_timeout);
}

} // namespace cresset::serve
