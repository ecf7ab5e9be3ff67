#include "redis/link.hpp"

#include "redis/command.hpp"

#include <cassert>
#include <system_error>
#include <utility>

namespace cresset::redis {
namespace {

// How often it is looked at whether the server is still there.
constexpr std::chrono::milliseconds watch_interval{250};

// Silence after which something is asked for.
constexpr std::uint64_t quiet_ms = 1'000;

} // namespace

link::link(net::connection_set& connections, const link_settings& settings, server_finder& servers,
           owner& o)
    : connections_(connections),
      settings_(settings),
      servers_(servers),
      owner_(o),
      connector_(connections.loop())
{}

link::~link()
{
    assert(!connection_ && "stopped, and a turn of the loop since");
}

void link::start()
{
    if (state_ != state::stopped)
        return;
    backoff_.reset();
    connect();
}

void link::stop()
{
    state_ = state::stopped;
    cancel();
    connector_.cancel();
    if (connection_)
        connection_->close();
}

void link::reconnect(std::string_view why)
{
    if (state_ == state::greeting || state_ == state::up)
        drop(why);
    else if (state_ == state::connecting)
        connect(); // to where the servers are found now
}

void link::send(std::string_view commands)
{
    if (state_ == state::up)
        write(commands);
}

void link::connect()
{
    const std::optional<address> to = servers_.next();
    state_ = to ? state::connecting : state::waiting;
    if (!to) {
        connector_.cancel();
        connections_.loop().arm(*this, backoff_.next());
        return;
    }
    server_ = *to;
    connector_.connect(to->host, to->port, settings_.connect_timeout,
                       [this](int descriptor, std::string_view why_not) {
                           if (descriptor >= 0) {
                               greet(descriptor);
                               return;
                           }
                           why_ = why_not;
                           retry();
                       });
}

// All of it leaves at once; the replies come in the same order.
void link::greet(int descriptor)
{
    try {
        connection_ = &connections_.adopt(descriptor, *this);
    } catch (const std::system_error& error) {
        why_ = error.code().message();
        retry();
        return;
    }
    state_ = state::greeting;
    heard_ms_ = connections_.loop().now_ms();
    asked_ = false;
    reader_ = std::make_unique<reply_reader>();
    connections_.loop().arm(*this, settings_.connect_timeout);
    if (settings_.tls)
        tls_ = std::make_unique<net::tls_session>(*settings_.tls, server_.host);

    std::string commands;
    steps_.clear();
    const auto say = [&](step s, std::initializer_list<std::string_view> words) {
        steps_.insert(steps_.begin(), s);
        commands += make_command(words);
    };
    if (!settings_.user.empty())
        say(step::auth, {"AUTH", settings_.user, settings_.password});
    else if (!settings_.password.empty())
        say(step::auth, {"AUTH", settings_.password});
    if (settings_.database != 0)
        say(step::select, {"SELECT", std::to_string(settings_.database)});
    say(step::name, {"CLIENT", "SETNAME", settings_.client_name});
    if (settings_.master_only)
        say(step::role, {"ROLE"});
    say(step::ping, {"PING"});
    write(commands);
}

void link::on_greeting(const reply& r)
{
    const step s = steps_.back();
    steps_.pop_back();
    switch (s) {
    case step::name: // for people only
        break;
    case step::role: // where it may not be asked, the sentinel's word has to do
        if (!r.is_error() && r[0].text() != "master")
            drop("is a replica");
        break;
    case step::ping: // who may not ask has been let in
        if (r.is_error() && !r.text().starts_with("NOPERM "))
            drop(r.text());
        break;
    default:
        if (r.is_error())
            drop(r.text());
    }
    if (state_ != state::greeting || !steps_.empty())
        return;
    state_ = state::up;
    connections_.loop().arm(*this, watch_interval);
    owner_.on_link_up();
}

void link::on_data(std::span<char> bytes)
{
    if (state_ != state::greeting && state_ != state::up)
        return;
    heard_ms_ = connections_.loop().now_ms();
    asked_ = false;
    const std::string_view received(bytes.data(), bytes.size());
    if (!tls_) {
        on_plain(received);
        return;
    }
    plaintext_.clear();
    const bool goes_on = tls_->receive(received, plaintext_);
    write_output();
    if (on_plain(plaintext_) && !goes_on)
        drop(tls_->error().empty() ? "closed by the server" : "TLS: " + tls_->error());
}

// False if that was the end of it.
bool link::on_plain(std::string_view bytes)
{
    const bool readable = reader_->read(bytes, [this](const reply& r) {
        if (state_ == state::greeting)
            on_greeting(r);
        else if (state_ == state::up)
            owner_.on_link_reply(r);
        return state_ == state::greeting || state_ == state::up;
    });
    if (!readable)
        drop(reader_->error());
    return state_ == state::greeting || state_ == state::up;
}

void link::write(std::string_view bytes)
{
    if (!tls_) {
        connection_->send(net::segment::copy_of(bytes));
        return;
    }
    if (tls_->send(bytes))
        write_output();
    else
        drop("TLS: " + tls_->error());
}

void link::write_output()
{
    if (const std::string output = tls_->take_output(); !output.empty())
        connection_->send(net::segment::copy_of(output));
}

void link::on_timer()
{
    if (state_ == state::waiting) {
        connect();
        return;
    }
    if (state_ == state::greeting) {
        drop("does not answer");
        return;
    }
    if (state_ != state::up)
        return;
    backoff_.reset(); // not sooner: a server may let everybody in and end it at once
    const std::uint64_t silent_ms = connections_.loop().now_ms() - heard_ms_;
    if (silent_ms >= static_cast<std::uint64_t>(settings_.silence_max.count())) {
        drop("silent for " + std::to_string(silent_ms) + " ms");
        return;
    }
    connections_.loop().arm(*this, watch_interval);
    if (silent_ms >= quiet_ms && !std::exchange(asked_, true))
        owner_.on_link_quiet();
}

void link::drop(std::string_view why)
{
    if (state_ != state::greeting && state_ != state::up)
        return;
    state_ = state::closing;
    why_ = why;
    connection_->close();
}

void link::on_closed()
{
    connection_ = nullptr;
    tls_ = nullptr;
    if (state_ == state::stopped)
        return;
    if (state_ != state::closing)
        why_ = "closed by the server";
    retry();
}

void link::retry()
{
    state_ = state::waiting;
    connections_.loop().arm(*this, backoff_.next());
    owner_.on_link_down(why_);
}

} // namespace cresset::redis
