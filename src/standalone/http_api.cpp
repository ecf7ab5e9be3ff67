#include "standalone/http_api.hpp"

#include "standalone/api_answers.hpp"
#include "standalone/api_request.hpp"
#include "standalone/idempotency.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::standalone {
namespace {

namespace json = boost::json;
using broker::target_kind;

constexpr std::size_t page_max = 1'000;
constexpr std::size_t page_default = 100;

// The value of a query's parameter, with %XX decoded; nothing if absent.
std::optional<std::string> parameter(const http::request& asked, std::string_view name)
{
    const std::size_t mark = asked.target.find('?');
    std::string_view rest =
        mark == std::string::npos ? "" : std::string_view(asked.target).substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) != name)
            continue;
        std::string value;
        const std::string_view raw =
            equals == std::string_view::npos ? "" : pair.substr(equals + 1);
        for (std::size_t i = 0; i < raw.size(); ++i) {
            unsigned code = 0;
            if (raw[i] == '%' && raw.size() - i > 2 &&
                std::from_chars(raw.data() + i + 1, raw.data() + i + 3, code, 16).ptr ==
                    raw.data() + i + 3) {
                value += static_cast<char>(code);
                i += 2;
            } else {
                value += raw[i] == '+' ? ' ' : raw[i];
            }
        }
        return value;
    }
    return std::nullopt;
}

class api
{
public:
    api(const api_keys& keys, hub::hub& clients, base::log& log)
        : keys_(keys), hub_(clients), log_(log)
    {}

    http::response emit(const http::request& asked)
    {
        return guarded(asked, &api_scopes::emit, [&](const api_key& key) {
            const auto run = [&] { return send(read_emit_request(asked.body)); };
            const std::string* const name = asked.find("Idempotency-Key");
            if (!name)
                return run();
            if (name->empty() || name->size() > idempotency::name_bytes_max)
                return api_error(400, "invalid_idempotency_key",
                                 "Idempotency-Key has 1 to 255 characters");
            return once_.once(key.name + '\n' + *name, asked.body, run);
        });
    }

    http::response disconnect(const http::request& asked)
    {
        return guarded(asked, &api_scopes::manage, [&](const api_key&) {
            const close_request close = read_close_request(asked.body);
            return for_each(close.whom, [&](const base::client_id& id) {
                return hub_.disconnect(id, ws::close_code{close.code}, close.reason);
            });
        });
    }

    http::response join(const http::request& asked)
    {
        return guarded(asked, &api_scopes::manage, [&](const api_key&) {
            const api_destination whom = read_subject(asked.body);
            const auto rooms = read_rooms(asked.body);
            return for_each(whom, [&](const base::client_id& id) {
                return std::ranges::all_of(rooms,
                                           [&](const auto& room) { return hub_.join(id, room); });
            });
        });
    }

    http::response leave(const http::request& asked)
    {
        return guarded(asked, &api_scopes::manage, [&](const api_key&) {
            const api_destination whom = read_subject(asked.body);
            const auto rooms = read_rooms(asked.body);
            return for_each(whom, [&](const base::client_id& id) {
                return std::ranges::all_of(rooms,
                                           [&](const auto& room) { return hub_.leave(id, room); });
            });
        });
    }

    http::response stats(const http::request& asked)
    {
        return guarded(asked, &api_scopes::read, [&](const api_key&) {
            const hub::totals all = hub_.count();
            return api_answer({{"node", hub_.server_id()},
                               {"clients", all.sessions},
                               {"authenticated", all.authenticated},
                               {"messages_received", all.messages_received},
                               {"messages_delivered", all.messages_delivered}});
        });
    }

    http::response clients(const http::request& asked)
    {
        return guarded(asked, &api_scopes::read, [&](const api_key&) { return list(asked); });
    }

private:
    template <typename Run>
    http::response guarded(const http::request& asked, bool api_scopes::*scope, Run run)
    {
        const api_key* const key = keys_.find(asked);
        if (!key) {
            http::response answer = api_error(401, "unauthorized",
                                              "a key is needed, as "
                                              "Authorization: Bearer KEY");
            answer.headers.push_back({"WWW-Authenticate", "Bearer"});
            return answer;
        }
        if (!(key->scopes.*scope)) {
            log_.info(
                "the key may not do that",
                {{"key", key->name}, {"path", asked.path()}, {"address", asked.client_address}});
            return api_error(403, "forbidden", "the key is not good for this");
        }
        return checked([&] { return run(*key); });
    }

    template <typename Run>
    static http::response checked(Run run)
    {
        try {
            return run();
        } catch (const api_request_error& wrong) {
            return api_error(400, "invalid_request", wrong.what());
        }
    }

    http::response send(const emit_request& asked)
    {
        json::array results;
        for (const api_destination& to : asked.to) {
            const send_result sent =
                hub_.send(to.view(), {asked.event, asked.data}, asked.exclude, reach::fleet);
            results.push_back({{"to", said(to)},
                               {"status", name_of(sent.status)},
                               {"recipients", sent.recipients},
                               {"fleet", name_of(sent.fleet)}});
        }
        return api_answer({{"results", std::move(results)}});
    }

    // A destination as a request has it.
    static json::object said(const api_destination& to)
    {
        switch (to.kind) {
        case target_kind::client:
            return {{"client", to.name}};
        case target_kind::user:
            return {{"user", to.name}};
        case target_kind::room:
            return {{"room", to.name}};
        case target_kind::broadcast:
            break;
        }
        return {{"everyone", true}};
    }

    // Those who have come in; who has not yet is nobody.
    std::vector<client_info> found(const api_destination& whom) const
    {
        std::vector<client_info> all = hub_.describe(whom.view());
        std::erase_if(
            all, [](const client_info& each) { return each.state != client_state::authenticated; });
        return all;
    }

    std::vector<base::client_id> ids_of(const api_destination& whom) const
    {
        std::vector<base::client_id> ids;
        for (const client_info& each : found(whom))
            ids.push_back(each.id);
        return ids;
    }

    template <typename Act>
    http::response for_each(const api_destination& whom, Act act)
    {
        const std::vector<base::client_id> ids = ids_of(whom);
        return api_answer({{"clients", std::ranges::count_if(ids, act)}});
    }

    http::response list(const http::request& asked) const
    {
        std::size_t limit = page_default;
        if (const auto text = parameter(asked, "limit")) {
            const auto [end, error] =
                std::from_chars(text->data(), text->data() + text->size(), limit);
            if (error != std::errc{} || end != text->data() + text->size() || limit == 0 ||
                limit > page_max)
                throw api_request_error("`limit` is a number from 1 to " +
                                        std::to_string(page_max));
        }
        std::vector<client_info> all = found(asked_for(asked));
        std::ranges::sort(all, {}, [](const client_info& each) { return each.id.bytes; });
        if (const auto after = parameter(asked, "after")) {
            const auto id = base::client_id::parse(*after);
            if (!id)
                throw api_request_error("`after` is the `next` of another answer");
            std::erase_if(all, [&](const client_info& each) { return each.id.bytes <= id->bytes; });
        }
        json::array page;
        for (std::size_t i = 0; i < std::min(limit, all.size()); ++i)
            page.push_back(described(all[i]));
        json::object answer{{"node", hub_.server_id()}, {"clients", std::move(page)}};
        if (all.size() > limit)
            answer["next"] = all[limit - 1].id.to_string();
        return api_answer(answer);
    }

    // Everybody, if nobody is named.
    static api_destination asked_for(const http::request& asked)
    {
        const auto client = parameter(asked, "client");
        const auto user = parameter(asked, "user");
        const auto room = parameter(asked, "room");
        if (client.has_value() + user.has_value() + room.has_value() > 1)
            throw api_request_error("one of `client`, `user` and `room`");
        if (client && !base::client_id::parse(*client))
            throw api_request_error("`client` is the id of one");
        if (client)
            return {target_kind::client, *client};
        if (user)
            return {target_kind::user, *user};
        return room ? api_destination{target_kind::room, *room}
                    : api_destination{target_kind::broadcast, {}};
    }

    static json::object described(const client_info& who)
    {
        json::object told{{"id", who.id.to_string()},
                          {"address", who.address},
                          {"encrypted", who.encrypted},
                          {"rooms", json::array(who.rooms.begin(), who.rooms.end())}};
        if (who.user_id)
            told["user"] = *who.user_id;
        return told;
    }

    const api_keys& keys_;
    hub::hub& hub_;
    base::log& log_;
    idempotency once_;
};

} // namespace

void add_http_api(http::router& routes, const api_keys& keys, hub::hub& clients, base::log& log)
{
    const auto served = std::make_shared<api>(keys, clients, log);
    using answer = http::response (api::*)(const http::request&);
    const auto add = [&](const char* method, const char* path, answer by) {
        routes.add(method, path,
                   [served, by](const http::request& asked) { return (*served.*by)(asked); });
    };
    add("POST", "/api/v1/emit", &api::emit);
    add("POST", "/api/v1/disconnect", &api::disconnect);
    add("POST", "/api/v1/join", &api::join);
    add("POST", "/api/v1/leave", &api::leave);
    add("GET", "/api/v1/stats", &api::stats);
    add("GET", "/api/v1/clients", &api::clients);
}

} // namespace cresset::standalone
