#include "standalone/client_facts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace cresset::standalone {
namespace {

namespace json = boost::json;

constexpr const char* claims_key = "claims";
constexpr const char* may_join_key = "may_join";
constexpr const char* joins_key = "joins";

json::array list_of(const std::vector<std::string>& texts)
{
    json::array list;
    for (const std::string& each : texts)
        list.emplace_back(each);
    return list;
}

std::vector<std::string> texts_of(const json::value* list)
{
    std::vector<std::string> texts;
    if (!list || !list->is_array())
        return texts;
    for (const json::value& each : list->get_array())
        if (each.is_string())
            texts.emplace_back(each.get_string());
    return texts;
}

} // namespace

json::value to_metadata(const client_facts& facts)
{
    json::object all{{claims_key, facts.claims}};
    if (!facts.may_join.empty())
        all[may_join_key] = list_of(facts.may_join);
    if (!facts.joins.empty())
        all[joins_key] = list_of(facts.joins);
    return all;
}

client_facts read_metadata(const json::value& metadata)
{
    client_facts facts;
    const json::object* const all = metadata.if_object();
    if (!all)
        return facts;
    if (const json::value* const claims = all->if_contains(claims_key);
        claims && claims->is_object())
        facts.claims = claims->get_object();
    facts.may_join = texts_of(all->if_contains(may_join_key));
    facts.joins = texts_of(all->if_contains(joins_key));
    return facts;
}

std::optional<std::string> client_values::find(std::string_view name)
{
    if (name == "user_id")
        return std::string(client_.user_id());
    const json::value* const found = facts().claims.if_contains(name);
    if (!found)
        return std::nullopt;
    if (found->is_string())
        return std::string(found->get_string());
    if (found->is_int64())
        return std::to_string(found->get_int64());
    if (found->is_uint64())
        return std::to_string(found->get_uint64());
    return std::nullopt;
}

const client_facts& client_values::facts() &
{
    if (!facts_)
        facts_ = read_metadata(client_.metadata());
    return *facts_;
}

} // namespace cresset::standalone
