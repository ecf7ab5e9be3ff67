// Cresset behind the contract of tests/conformance/README.md: options as an argument, callbacks and
// answers as JSON lines on stdout, calls as JSON lines on stdin.

#include "crypto/base64.hpp"
#include "protocol/json_member.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cresset/server.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace json = boost::json;
using namespace cresset;

std::string quoted(std::string_view text)
{
    return json::serialize(json::value(text));
}

// Lines of several threads, whole ones.
class output
{
public:
    void line(const std::string& text)
    {
        const std::lock_guard lock(mutex_);
        std::cout << text << std::endl;
    }

private:
    std::mutex mutex_;
};

// Handlers that will answer when their key is released.
class pending
{
public:
    using answer = std::function<void(const std::string& mode)>;

    void keep(const std::string& key, answer then)
    {
        const std::lock_guard lock(mutex_);
        waiting_.emplace(key, std::move(then));
        kept_.notify_all();
    }

    // Until something is kept under the key: what is sent to be transformed late is on its way.
    void wait_for(const std::string& key)
    {
        std::unique_lock lock(mutex_);
        kept_.wait_for(lock, std::chrono::seconds(5), [&] { return waiting_.contains(key); });
    }

    bool release(const std::string& key, const std::string& mode)
    {
        answer then;
        {
            const std::lock_guard lock(mutex_);
            const auto found = waiting_.find(key);
            if (found == waiting_.end())
                return false;
            then = std::move(found->second);
            waiting_.erase(found);
        }
        then(mode);
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable kept_;
    std::multimap<std::string, answer> waiting_;
};

std::string string_or(const json::object& from, std::string_view key, std::string fallback)
{
    const json::value* found = from.if_contains(key);
    return found && found->is_string() ? std::string(found->as_string()) : std::move(fallback);
}

json::object as_object(std::string_view raw)
{
    const json::value parsed = parse_json(raw);
    return parsed.is_object() ? parsed.as_object() : json::object();
}

template <typename Answer>
void conclude(reply<Answer>& to, const std::string& mode, Answer answer)
{
    if (mode == "accept")
        to.accept(std::move(answer));
    else if (mode == "throw")
        to.fail("asked to");
    else
        to.reject();
}

// Answers as the mode says: at once, when released, or never. `seen` waits until what a late answer
// did can be seen.
template <typename Answer>
void answer_by_mode(pending& later, const std::string& mode, const std::string& key,
                    reply<Answer> to, Answer answer,
                    std::function<void(const std::string& verdict)> seen)
{
    if (mode == "throw")
        throw std::runtime_error("asked to throw");
    if (mode != "late" && mode != "never") {
        conclude(to, mode, std::move(answer));
        return;
    }
    auto kept = std::make_shared<reply<Answer>>(std::move(to));
    later.keep(
        mode == "late" ? key : "never to be released",
        [kept, answer = std::move(answer), seen = std::move(seen)](const std::string& verdict) {
            conclude(*kept, verdict, answer);
            seen(verdict);
        });
}

class program
{
public:
    explicit program(const json::object& options)
        : server_(options_of(options), handlers_of(options))
    {}

    void run()
    {
        server_.start();
        out_.line("READY {\"port\":" + std::to_string(server_.port()) + "}");
        for (std::string text; std::getline(std::cin, text);) {
            const json::object call = json::parse(text).as_object();
            const std::string name(call.at("call").as_string());
            const json::value* args = call.if_contains("args");
            std::string answer = "{\"id\":" + json::serialize(call.at("id")) + ",\"done\":true,";
            try {
                answer +=
                    "\"result\":" + perform(name, args ? args->as_object() : json::object(), text) +
                    "}";
            } catch (const std::exception& error) {
                answer += "\"result\":null,\"error\":" + quoted(error.what()) + "}";
            }
            out_.line(answer);
            if (name == "shutdown")
                return;
        }
        server_.stop();
    }

private:
    static std::chrono::milliseconds ms(const json::object& from, std::string_view key,
                                        std::chrono::milliseconds fallback)
    {
        const json::value* found = from.if_contains(key);
        return found ? std::chrono::milliseconds(found->to_number<std::int64_t>()) : fallback;
    }

    static bool flag(const json::object& from, std::string_view key, bool fallback)
    {
        const json::value* found = from.if_contains(key);
        return found ? found->as_bool() : fallback;
    }

    static server_options options_of(const json::object& from)
    {
        server_options o;
        o.port = 0;
        o.threads = 2;
        o.log_level = log_level::warn;
        o.path = string_or(from, "path", o.path);
        o.auth_timeout = ms(from, "authTimeout", o.auth_timeout);
        o.heartbeat_interval = ms(from, "heartbeatInterval", o.heartbeat_interval);
        o.heartbeat_timeout = ms(from, "heartbeatTimeout", o.heartbeat_timeout);
        if (const json::value* idle = from.if_contains("idleTimeout"))
            o.idle_timeout = std::chrono::seconds(idle->to_number<std::int64_t>());
        o.send_pings = flag(from, "sendPings", o.send_pings);
        // Without a handshake handler that is withEcdh: by what is built in.
        o.require_encryption = flag(from, "requireEncryption", false);
        if (const json::value* limit = from.if_contains("maxPayloadLength"))
            o.max_payload_length = limit->to_number<std::size_t>();
        if (const json::value* limit = from.if_contains("encryptedBatchLimit"))
            o.encrypted_batch_limit = limit->to_number<std::size_t>();
        if (const json::value* rooms = from.if_contains("defaultRooms"))
            o.default_rooms = json::value_to<std::vector<std::string>>(*rooms);
        return o;
    }

    handlers handlers_of(const json::object& options)
    {
        handlers h;
        h.authenticate = [this](const authenticate_request& r, reply<identity> to) {
            authenticate(r, std::move(to));
        };
        h.client_connected = [this](const client& c) { connected(c); };
        h.client_disconnected = [this](const client& c) { disconnected(c); };
        if (flag(options, "withValidateRoom", true))
            h.validate_room = [this](const join_request& r, reply<allowed_rooms> to) {
                validate_room(r, std::move(to));
            };
        if (flag(options, "withMessageHandler", true))
            h.message = [this](const message& m) { received(m); };
        if (flag(options, "withHandshake", false))
            h.handshake = [this](const handshake_request& r, reply<handshake_result> to) {
                handshake(r, std::move(to));
            };
        if (flag(options, "withTransformer", false))
            h.outbound_transform = [this](const outbound_message& m, reply<replacement> to) {
                transform(m, std::move(to));
            };
        return h;
    }

    // --- what a line says of a client ---

    // The user of a client, where it has one: "" is one too, for the application.
    std::string user_member(const client& c)
    {
        if (!c.has_user())
            return {};
        return ",\"userId\":" + quoted(c.user_id());
    }

    std::string head(std::string_view callback, const client& c)
    {
        return "{\"callback\":" + quoted(callback) + ",\"client\":" + quoted(c.id().to_string()) +
               user_member(c);
    }

    // Waits for the verdict of a late answer. With a handshake, the authentication leads to that
    // and not to a verdict; it writes a line of its own.
    std::function<void(const std::string&)> until_decided(const client_id& id)
    {
        return [this, id](const std::string&) {
            if (!server_.options().require_encryption)
                wait_for(id, [](const client_info& c) {
                    return c.state != client_state::authenticating;
                });
        };
    }

    // --- handlers ---

    void authenticate(const authenticate_request& request, reply<identity> to)
    {
        const std::string line =
            "{\"callback\":\"authenticate\",\"data\":" + std::string(request.data()) + "}";
        const json::object data = as_object(request.data());
        identity who;
        if (const json::value* user = data.if_contains("userId"); user && user->is_string())
            who.user_id = std::string(user->as_string());
        if (const json::value* metadata = data.if_contains("metadata");
            metadata && metadata->is_object())
            who.metadata = *metadata;
        const std::string mode = string_or(data, "mode", "accept");
        const bool late = mode == "late" || mode == "never";
        if (!late)
            out_.line(line);
        answer_by_mode(later_, mode, string_or(data, "key", ""), std::move(to), std::move(who),
                       until_decided(request.client.id()));
        if (late)
            out_.line(line);
    }

    void handshake(const handshake_request& request, reply<handshake_result> to)
    {
        const std::string line =
            head("handshake", request.client) + ",\"data\":" + std::string(request.data()) + "}";
        const json::object data = as_object(request.data());
        const std::string mode = string_or(data, "handshake", "reject");
        const bool late = mode == "late" || mode == "never";
        if (!late)
            out_.line(line);
        answer_by_mode(later_, mode, string_or(data, "handshakeKey", ""), std::move(to),
                       handshake_result{"spk", "salt"}, until_decided(request.client.id()));
        if (late)
            out_.line(line);
    }

    void validate_room(const join_request& request, reply<allowed_rooms> to)
    {
        allowed_rooms allowed;
        std::string late;
        bool more = false;
        bool throws = false;
        for (const std::string& room : request.rooms) {
            const bool is_more = room.starts_with("more-");
            if (room.starts_with("public-") || room.starts_with("late-") || is_more)
                allowed.push_back(room);
            more |= is_more;
            throws |= room.starts_with("throw-");
            if (late.empty() && room.starts_with("late-"))
                late = room;
        }
        if (more)
            allowed.push_back("extra");
        const std::string line = head("validateRoom", request.client) +
                                 ",\"rooms\":" + json::serialize(json::value_from(request.rooms)) +
                                 "}";
        if (throws || late.empty()) {
            out_.line(line);
            answer_by_mode(later_, throws ? "throw" : "accept", "", std::move(to),
                           std::move(allowed), {});
            return;
        }
        auto seen = [this, id = request.client.id(), allowed](const std::string& verdict) {
            if (verdict == "accept")
                wait_for(id, [&allowed](const client_info& c) {
                    return std::ranges::all_of(
                        allowed, [&c](const std::string& room) { return has(c.rooms, room); });
                });
        };
        answer_by_mode(later_, "late", late, std::move(to), std::move(allowed), std::move(seen));
        out_.line(line);
    }

    void connected(const client& c)
    {
        const json::value metadata = c.metadata();
        out_.line(head("clientConnected", c) +
                  (metadata.is_null() ? "" : ",\"metadata\":" + json::serialize(metadata)) + "}");
        const json::object wishes = metadata.is_object() ? metadata.as_object() : json::object();
        if (flag(wishes, "greet", false)) {
            const auto by = [](const char* what) { return payload(json::object{{"by", what}}); };
            server_.send_to_client(c.id(), "greeting", by("client"));
            server_.send_to_room(c.id().to_string(), "greeting", by("room"));
            if (!c.user_id().empty())
                server_.send_to_user(c.user_id(), "greeting", by("user"));
            server_.broadcast("greeting", by("broadcast"));
        }
        if (flag(wishes, "throwOnConnected", false))
            throw std::runtime_error("asked to throw");
    }

    void disconnected(const client& c)
    {
        out_.line(head("clientDisconnected", c) + "}");
        if (c.user_id().starts_with("throw-"))
            throw std::runtime_error("asked to throw");
    }

    void received(const message& m)
    {
        const std::string data(m.data());
        const std::string line = head("message", m.client) + ",\"event\":" + quoted(m.event) +
                                 (data.empty() ? "" : ",\"data\":" + data) +
                                 (m.id.empty() ? "" : ",\"messageId\":" + quoted(m.id)) + "}";
        const auto echo = [this, id = m.client.id(), data] {
            server_.send_to_client(id, "echoed",
                                   data.empty() ? payload() : payload(raw_json{data}));
        };
        if (m.event == "echo-late") {
            later_.keep(string_or(as_object(data), "key", ""), [echo](const std::string& mode) {
                if (mode == "accept")
                    echo();
            });
            out_.line(line);
            return;
        }
        out_.line(line);
        if (m.event == "echo")
            echo();
        else if (m.event == "burst")
            burst(m.client, as_object(data));
        else if (m.event == "enable-encryption") {
            server_.enable_client_encryption(m.client.id());
            server_.send_to_client(m.client.id(), "encryption-enabled", json::object());
        } else if (m.event == "throw")
            throw std::runtime_error("asked to throw");
    }

    void burst(const client& c, const json::object& data)
    {
        const auto count = data.at("count").to_number<int>();
        const std::string room = string_or(data, "room", "");
        const auto by = [](int n, const char* what) {
            return payload(json::object{{"n", n}, {"by", what}});
        };
        for (int n = 0; n < count; n += 4) {
            server_.send_to_client(c.id(), "burst", by(n, "client"));
            server_.send_to_user(c.user_id(), "burst", by(n + 1, "user"));
            server_.send_to_room(room, "burst", by(n + 2, "room"));
            server_.broadcast("burst", by(n + 3, "broadcast"));
        }
    }

    void transform(const outbound_message& m, reply<replacement> to)
    {
        if (m.event == "plain-please") {
            to.reject();
            return;
        }
        if (m.event == "transform-throw")
            throw std::runtime_error("asked to throw");
        const std::string plain = "{\"event\":" + quoted(m.event) +
                                  (m.data().empty() ? "" : ",\"data\":" + std::string(m.data())) +
                                  "}";
        const std::string sealed = crypto::base64_encode(
            {reinterpret_cast<const unsigned char*>(plain.data()), plain.size()});
        replacement sent{"encrypted", "{\"iv\":\"x\",\"ct\":\"" + sealed + "\"}"};
        if (m.event != "transform-late") {
            to.accept(std::move(sent));
            return;
        }
        auto kept = std::make_shared<reply<replacement>>(std::move(to));
        later_.keep(string_or(as_object(m.data()), "key", ""),
                    [kept, sent](const std::string&) { kept->accept(sent); });
    }

    // --- calls ---

    std::string perform(const std::string& call, const json::object& args, const std::string& text)
    {
        const auto text_of = [&](std::string_view key) { return string_or(args, key, ""); };
        const auto id_of = [&](std::string_view key) {
            return client_id::parse(text_of(key)).value_or(client_id{});
        };
        // As it came: a value would be written anew, with other forms of numbers.
        const std::string_view raw =
            protocol::find_member(protocol::find_member(text, "args"), "data");
        const payload data = raw.empty() ? payload() : payload(raw_json{std::string(raw)});
        send_options how;
        if (const json::value* excluded = args.if_contains("exclude"))
            for (const json::value& one : excluded->as_array())
                if (const auto id = client_id::parse(std::string(one.as_string())))
                    how.exclude.push_back(*id);

        if (call == "sendToClient")
            server_.send_to_client(id_of("clientId"), text_of("event"), data, how);
        else if (call == "sendToUser")
            server_.send_to_user(text_of("userId"), text_of("event"), data, how);
        else if (call == "sendToRoom")
            server_.send_to_room(text_of("room"), text_of("event"), data, how);
        else if (call == "broadcast")
            server_.broadcast(text_of("event"), data, how);
        else if (call == "send")
            server_.send(args.contains("destination") ? std::optional(text_of("destination"))
                                                      : std::nullopt,
                         text_of("topic"), data);
        else if (call == "joinRoom") {
            if (server_.join_room(id_of("clientId"), text_of("room")))
                wait_for(id_of("clientId"), [room = text_of("room")](const client_info& c) {
                    return has(c.rooms, room);
                });
        } else if (call == "leaveRoom") {
            if (server_.leave_room(id_of("clientId"), text_of("room")))
                wait_for(id_of("clientId"), [room = text_of("room")](const client_info& c) {
                    return !has(c.rooms, room);
                });
        } else if (call == "enableClientEncryption") {
            if (server_.enable_client_encryption(id_of("clientId")))
                wait_for(id_of("clientId"), [](const client_info& c) { return c.encrypted; });
        } else if (call == "getClients") {
            if (!args.contains("id"))
                return describe(server_.clients());
            const auto one = server_.client(id_of("id"));
            return describe(one ? std::vector<client_info>{*one} : std::vector<client_info>{});
        } else if (call == "getClientsByUser")
            return describe(server_.clients_by_user(text_of("userId")));
        else if (call == "getClientsByRoom")
            return describe(server_.clients_by_room(text_of("room")));
        else if (call == "resolveLate")
            return later_.release(text_of("key"), string_or(args, "answer", "accept")) ? "true"
                                                                                       : "false";
        else if (call == "shutdown")
            server_.stop();
        else
            throw std::invalid_argument("no call " + call);
        if (text_of("event") == "transform-late")
            later_.wait_for(string_or(as_object(raw), "key", ""));
        return "null";
    }

    static bool has(const std::vector<std::string>& rooms, const std::string& room)
    {
        return std::find(rooms.begin(), rooms.end(), room) != rooms.end();
    }

    // Calls that change a client are carried out on its thread: until that can be seen.
    template <typename Condition>
    void wait_for(const client_id& id, Condition holds)
    {
        for (auto info = server_.client(id); info && !holds(*info); info = server_.client(id))
            std::this_thread::yield();
    }

    static std::string describe(const std::vector<client_info>& clients)
    {
        json::array list;
        for (const client_info& c : clients) {
            json::object one{{"id", c.id.to_string()},
                             {"state", client_states::name_of(c.state)},
                             {"encrypted", c.encrypted},
                             {"rooms", json::value_from(c.rooms)}};
            if (c.user_id)
                one["userId"] = *c.user_id;
            if (!c.metadata.is_null())
                one["metadata"] = c.metadata;
            list.push_back(std::move(one));
        }
        return json::serialize(list);
    }

    output out_;
    pending later_;
    server server_;
};

} // namespace

int main(int argc, char** argv)
{
    try {
        program(boost::json::parse(argc > 1 ? argv[1] : "{}").as_object()).run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "conformance_server: " << error.what() << '\n';
        return 1;
    }
}
