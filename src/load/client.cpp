#include "load/client.hpp"

#include "crypto/base64.hpp"
#include "crypto/key_agreement.hpp"
#include "load/opening_handshake.hpp"
#include "load/pacer.hpp"
#include "protocol/event.hpp"
#include "protocol/json_member.hpp"

#include <exception>
#include <system_error>
#include <utility>

namespace cresset::load {
namespace {

constexpr std::size_t head_bytes_max = 16 * 1024;

// For the server to answer our close frame.
constexpr std::chrono::seconds leaving_limit{5};

std::string personal(std::string text, std::uint64_t number)
{
    constexpr std::string_view placeholder = "{n}";
    const std::string digits = std::to_string(number);
    for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos;
         at += digits.size())
        text.replace(at, placeholder.size(), digits);
    return text;
}

std::string with_public_key(std::string credentials, const crypto::p256::key_pair& keys)
{
    const std::size_t end = credentials.find_last_of('}');
    const std::size_t last = credentials.find_last_not_of(" \t\r\n", end - 1);
    const std::string_view comma = credentials[last] == '{' ? "" : ",";
    credentials.insert(end, std::string(comma) + R"("publicKey":")" +
                                crypto::base64_encode(keys.public_point()) + '"');
    return credentials;
}

} // namespace

client::client(const client_settings& settings, client_tools& tools, owner& o, std::uint64_t number)
    : settings_(settings), tools_(tools), owner_(o), number_(number)
{}

void client::connect(int receive_buffer)
{
    state_ = state::upgrading;
    why_.clear();
    head_.clear();
    id_.clear();
    key_.reset();
    compresses_ = false;
    try {
        connection_ =
            &tools_.connections.adopt(settings_.server.open_socket(number_, receive_buffer), *this);
    } catch (const std::system_error& error) {
        why_ = std::string("can't connect: ") + error.what();
        tools_.connections.loop().post([this] { on_closed(); });
        return;
    }
    // Until the connection is there, the kernel takes none of it: the queue sees to that.
    connection_->set_deadline(settings_.timeout);
    if (settings_.tls)
        connection_->begin_tls(std::make_unique<net::tls_stream>(
            *settings_.tls, connection_->descriptor(), settings_.server.name()));
    connection_->send(net::segment::copy_of(write_upgrade_request(
        settings_.server.host(), settings_.server.path(), settings_.deflate)));
}

void client::send(ws::opcode op, std::string_view payload)
{
    connection_->send(tools_.frames.make(op, payload));
}

void client::send_text(std::string_view text)
{
    if (connected())
        send(ws::opcode::text, text);
}

void client::emit(std::string_view event, std::string_view data)
{
    std::string text = R"({"event":")";
    text.append(event).append(1, '"');
    if (!data.empty())
        text.append(R"(,"data":)").append(data);
    send_text(text.append(1, '}'));
}

void client::leave()
{
    if (!connected()) {
        cut();
        return;
    }
    state_ = state::leaving;
    connection_->resume();
    connection_->set_deadline(leaving_limit);
    send(ws::opcode::close, std::string_view("\x03\xe8", 2)); // 1000
}

void client::cut() noexcept
{
    if (!connection_)
        return;
    state_ = state::leaving;
    connection_->close();
}

void client::pause()
{
    if (connection_)
        connection_->pause();
}

void client::resume()
{
    if (connection_)
        connection_->resume();
}

void client::on_data(std::span<char> bytes)
{
    const std::size_t size = bytes.size();
    const std::uint64_t now = now_ns();
    if (state_ == state::upgrading && !take_answer(bytes))
        return;
    server_message m;
    for (;;) {
        const auto found = frames_.next(bytes, m);
        if (found == frame_reader::status::failure)
            end("the server sends what is no WebSocket frame");
        if (found != frame_reader::status::message || !connection_->open())
            break;
        on_message(m, now);
    }
    owner_.on_read(*this, size);
}

// Takes the head of the server's answer off the bytes. False if nothing is left to do with them.
bool client::take_answer(std::span<char>& bytes)
{
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const std::size_t before = head_.size();
    head_.append(bytes.data(), bytes.size());
    const std::size_t end = head_.find(end_of_head);
    if (end == std::string::npos) {
        if (head_.size() > head_bytes_max)
            this->end("the server answers the upgrade with no HTTP");
        return false;
    }
    bytes = bytes.subspan(end + end_of_head.size() - before);
    head_.resize(end + end_of_head.size());
    const upgrade_answer answer = read_upgrade_answer(head_);
    head_ = {};
    if (!answer.why_not.empty()) {
        this->end(answer.why_not);
        return false;
    }
    if (settings_.deflate && !answer.deflate) {
        this->end("the server declines permessage-deflate, so there is nothing to measure");
        return false;
    }
    compresses_ = answer.deflate;
    authenticate();
    return true;
}

void client::authenticate()
{
    state_ = state::authenticating;
    std::string credentials = personal(settings_.credentials, number_);
    if (!settings_.keys.empty())
        credentials = with_public_key(std::move(credentials),
                                      settings_.keys[number_ % settings_.keys.size()]);
    send(ws::opcode::text, R"({"event":"authenticate","data":)" + credentials + '}');
}

void client::on_message(const server_message& m, std::uint64_t now_ns)
{
    switch (m.op) {
    case ws::opcode::ping:
        send(ws::opcode::pong, m.payload);
        return;
    case ws::opcode::close:
        on_close_frame(m.payload);
        return;
    case ws::opcode::text:
    case ws::opcode::binary:
        break;
    default:
        return;
    }
    if (!m.compressed) {
        on_text(m.payload, now_ns);
        return;
    }
    const auto text = compresses_ ? tools_.inflate.inflate(m.payload) : std::nullopt;
    if (!text) {
        owner_.on_unreadable(*this);
        return;
    }
    ++tools_.inflated;
    on_text(*text, now_ns);
}

void client::on_text(std::string_view text, std::uint64_t now_ns)
{
    if (state_ == state::authenticating) {
        on_first_text(text);
        return;
    }
    if (!key_ || !is_encrypted(text)) {
        owner_.on_envelope(*this, text, now_ns);
        return;
    }
    const auto envelope = tools_.unseal.open(*key_, text);
    if (!envelope) {
        owner_.on_unreadable(*this);
        return;
    }
    ++tools_.unsealed;
    owner_.on_envelope(*this, *envelope, now_ns);
}

void client::on_first_text(std::string_view text)
{
    const auto event = protocol::read_string_member(text, "event");
    const std::string_view data = protocol::find_member(text, "data");
    if (event == protocol::system_event::error) {
        why_ = "the server says \"" + protocol::read_string_member(data, "message").value_or("") +
               '"'; // and closes
        return;
    }
    if (event != protocol::system_event::connected)
        return;
    id_ = protocol::read_string_member(data, "id").value_or("");
    if (!settings_.keys.empty()) {
        const auto server_key = protocol::read_string_member(data, "serverPublicKey");
        const auto salt = protocol::read_string_member(data, "salt");
        if (!server_key || !salt) {
            end("the server does not encrypt: `connected` has no serverPublicKey (cresset serve "
                "needs --encryption optional)");
            return;
        }
        try {
            key_ = std::make_unique<crypto::aes_key>(crypto::agree_on_key(
                settings_.keys[number_ % settings_.keys.size()],
                crypto::read_public_key(*server_key), crypto::base64_decode(*salt).value_or(""),
                crypto::default_hkdf_info));
        } catch (const crypto_error& error) {
            end(std::string("the server's public key is none: ") + error.what());
            return;
        }
    }
    state_ = state::connected;
    connection_->clear_deadline();
    owner_.on_connected(*this);
}

void client::on_close_frame(std::string_view payload)
{
    if (state_ != state::leaving) {
        std::string why = "the server closes";
        if (payload.size() >= 2) {
            const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(payload[i]); };
            why += " with " + std::to_string(byte(0) << 8 | byte(1)) + ' ';
            why += payload.substr(2);
        }
        if (why_.empty())
            why_ = why;
        else
            why_ += ", and " + why;
        send(ws::opcode::close, payload.substr(0, 2));
    }
    connection_->finish();
}

void client::end(std::string why)
{
    why_ = std::move(why);
    connection_->close();
}

void client::on_deadline()
{
    if (state_ == state::leaving)
        connection_->close();
    else
        end(state_ == state::upgrading ? "no answer to the upgrade in time (--timeout)"
                                       : "no `connected` in time (--timeout)");
}

void client::on_closed()
{
    const bool wanted = state_ == state::leaving;
    if (why_.empty() && !wanted)
        why_ = !connection_->tls_failure().empty() ? "TLS: " + connection_->tls_failure()
               : state_ == state::upgrading
                   ? "the connection was refused, or lost before the upgrade"
                   : "the server ended the connection";
    connection_ = nullptr;
    state_ = state::away;
    frames_.clear();
    owner_.on_ended(*this, wanted ? std::string_view() : std::string_view(why_));
}

} // namespace cresset::load
