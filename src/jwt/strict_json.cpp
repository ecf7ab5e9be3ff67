#include "jwt/strict_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/errc.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cresset::jwt {
namespace {

namespace json = boost::json;

// What Boost.JSON's parser reports to. It keeps the last of two members of a name silently, so the
// names are looked at by themselves.
class name_check
{
public:
    using error_code = boost::system::error_code;

    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    bool on_object_begin(error_code&)
    {
        open_.emplace_back();
        return true;
    }

    bool on_object_end(std::size_t, error_code&)
    {
        open_.pop_back();
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, error_code&)
    {
        name_.append(part.data(), part.size());
        return true;
    }

    bool on_key(json::string_view last, std::size_t, error_code& error)
    {
        name_.append(last.data(), last.size());
        if (open_.back().insert(std::exchange(name_, {})).second)
            return true;
        error = make_error_code(boost::system::errc::invalid_argument);
        return false;
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t, error_code&) { return true; }
    bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, error_code&) { return true; }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
    bool on_double(double, json::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

private:
    std::vector<std::set<std::string>> open_; // the names of each object that has not ended
    std::string name_;
};

json::parse_options strict_options()
{
    json::parse_options options;
    options.max_depth = json_depth_max;
    return options;
}

bool has_clear_names(std::string_view text)
{
    json::basic_parser<name_check> parser(strict_options());
    boost::system::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    return !error;
}

} // namespace

std::optional<json::object> parse_object(std::string_view text)
{
    if (!has_clear_names(text))
        return std::nullopt;
    boost::system::error_code error;
    json::value value =
        json::parse({text.data(), text.size()}, error, json::storage_ptr(), strict_options());
    if (error || !value.is_object())
        return std::nullopt;
    json::object read = std::move(value.get_object());
    return read;
}

} // namespace cresset::jwt
