#include "jwt/sign.hpp"

#include <boost/json/serialize.hpp>

#include <cresset/errors.hpp>

namespace cresset::jwt {

std::string sign(const boost::json::object& claims, const key& with, algorithm by)
{
    if (!with.fits(by))
        throw crypto_error("the key is none for " + std::string(to_string(by)));
    return with.material->sign(boost::json::serialize(claims), by, with.id);
}

} // namespace cresset::jwt
