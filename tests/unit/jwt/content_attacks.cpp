// Attacks on how a token is read: its form, its header, and claims that its issuer did sign.

#include "attacks.hpp"

namespace cresset::jwt::tests {
namespace {

// The last digit of 64 bytes holds two bits: four texts, of which one is clean.
std::string with_bit_behind(std::string token)
{
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    token.back() = digits[digits.find(token.back()) | 1];
    return token;
}

} // namespace

void attacks::forms()
{
    const std::string good = issued_claims(good_claims);
    const std::size_t first = good.find('.');
    const std::size_t last = good.rfind('.');
    const std::string signature = good.substr(last + 1);
    add("nothing", "", refusal::malformed);
    add("dots", "..", refusal::malformed);
    add("Bearer in front", "Bearer " + good, refusal::malformed);
    add("space in front", ' ' + good, refusal::malformed);
    add("line end behind", good + '\n', refusal::malformed);
    add("space inside", std::string(good).insert(last + 5, " "), refusal::malformed);
    add("NUL behind", good + '\0', refusal::malformed);
    add("NUL inside", std::string(good).insert(first + 3, 1, '\0'), refusal::malformed);
    add("padding behind the signature", good + "==", refusal::malformed);
    add("padding behind the header", std::string(good).insert(first, "="), refusal::malformed);
    add("the alphabet with + and /", good.substr(0, last + 1) + "+/" + signature.substr(2),
        refusal::malformed);
    add("bits behind the signature's end", with_bit_behind(good), refusal::malformed);
    add("a fourth segment", good + ".AAAA", refusal::malformed);
    add("two tokens", good + '.' + good, refusal::malformed);
    add("JWE", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA", refusal::unsupported);
    add("JSON serialization, flattened",
        R"({"protected":")" + good.substr(0, first) + R"(","payload":")" +
            good.substr(first + 1, last - first - 1) + R"(","signature":")" + signature + "\"}",
        refusal::malformed);
    add("JSON around the token", '"' + good + '"', refusal::malformed);
    add("percent-encoded", replaced(good, ".", "%2E"), refusal::malformed);
    add("a byte more than 8 KiB",
        issued_claims(good_claims) +
            std::string(8 * 1024 + 1 - issued_claims(good_claims).size(), 'A'),
        refusal::too_large);
    add("8 KiB of dots", std::string(8 * 1024, '.'), refusal::malformed);
}

void attacks::headers()
{
    add("alg twice, the good one last", issued(R"({"alg":"none","alg":"ES256"})"),
        refusal::malformed);
    add("alg twice, the good one first", issued(R"({"alg":"ES256","alg":"none"})"),
        refusal::malformed);
    add("alg twice, one escaped", issued(R"({"alg":"ES256","\u0061lg":"none"})"),
        refusal::malformed);
    add("kid twice", issued(R"({"alg":"ES256","kid":"p256","kid":"rsa"})"), refusal::malformed);
    add("header no object", issued(R"(["ES256"])"), refusal::malformed);
    add("header no JSON", issued("alg=ES256"), refusal::malformed);
    add("header with a comment", issued(R"({"alg":"ES256"/**/})"), refusal::malformed);
    add("header and more", issued(R"({"alg":"ES256"}{"alg":"none"})"), refusal::malformed);
    add("header not UTF-8", issued("{\"alg\":\"ES256\",\"x\":\"\xff\"}"), refusal::malformed);
    add("header in UTF-16", issued(std::string("{\0}\0", 4)), refusal::malformed);
    add("header too deep",
        issued(R"({"alg":"ES256","x":)" + std::string(999, '[') + std::string(999, ']') + "}"),
        refusal::malformed);
    add("crit", issued(R"({"alg":"ES256","crit":["exp"],"exp":1})"), refusal::unsupported);
    add("crit unknown", issued(R"({"alg":"ES256","crit":["x"],"x":1})"), refusal::unsupported);
    add("b64 false", issued(R"({"alg":"ES256","b64":false})"), refusal::unsupported);
    add("b64 false, critical", issued(R"({"alg":"ES256","b64":false,"crit":["b64"]})"),
        refusal::unsupported);
    add("zip", issued(R"({"alg":"ES256","zip":"DEF"})"), refusal::unsupported);
    add("nested JWT", issued(R"({"alg":"ES256","cty":"JWT"})", issued_claims(good_claims)),
        refusal::unsupported);
    add("nested JWT, not told", issued(R"({"alg":"ES256"})", issued_claims(good_claims)),
        refusal::malformed);
    add("token for a logout", issued(R"({"alg":"ES256","typ":"logout+jwt"})"), refusal::wrong_type);
}

void attacks::claims()
{
    const auto expiring = [this](const std::string& date) {
        return issued_claims(replaced(good_claims, "1000100", date));
    };
    const auto more = [this](const std::string& member) {
        return issued_claims(replaced(good_claims, "}", ',' + member + '}'));
    };
    add("expired", expiring("999940"), refusal::expired);
    add("exp zero", expiring("0"), refusal::expired);
    add("exp negative", expiring("-1"), refusal::expired);
    add("exp a fraction too late", expiring("999939.999"), refusal::expired);
    for (const std::string date :
         {"1e300", "-1e300", "99999999999999999999999", "9223372036854775807", "1000100000000",
          "1e999", "\"1000100\"", "\"never\"", "null", "true", "[1000100]", "NaN", "0x7fffffff"})
        add("exp " + date, expiring(date), refusal::malformed);
    add("exp of 3 KB", expiring(std::string(3000, '9')), refusal::malformed);
    add("exp missing",
        issued_claims(R"({"iss":"https://issuer.example","aud":"chat","sub":"ada"})"),
        refusal::missing_claim);
    add("exp twice", more(R"("exp":2000000)"), refusal::malformed);
    add("sub twice", more(R"("sub":"eve")"), refusal::malformed);
    add("sub twice, one escaped", more(R"("\u0073ub":"eve")"), refusal::malformed);
    add("nbf in the future", more(R"("nbf":1000061)"), refusal::not_yet_valid);
    add("nbf string", more(R"("nbf":"0")"), refusal::malformed);
    add("iat string", more(R"("iat":"0")"), refusal::malformed);
    add("issuer of another", issued_claims(replaced(good_claims, "issuer.", "evil.")),
        refusal::wrong_issuer);
    add("issuer with more behind",
        issued_claims(replaced(good_claims, "issuer.example", "issuer.example.evil")),
        refusal::wrong_issuer);
    add("issuer in an array",
        issued_claims(
            replaced(good_claims, R"("https://issuer.example")", R"(["https://issuer.example"])")),
        refusal::malformed);
    add("audience of another", issued_claims(replaced(good_claims, "chat", "mail")),
        refusal::wrong_audience);
    add("audience that begins alike", issued_claims(replaced(good_claims, "chat", "chat.evil")),
        refusal::wrong_audience);
    add("audience array without ours",
        issued_claims(replaced(good_claims, R"("chat")", R"(["a","b"])")), refusal::wrong_audience);
    add("audience object", issued_claims(replaced(good_claims, R"("chat")", R"({"chat":1})")),
        refusal::malformed);
    add("audience array with an object",
        issued_claims(replaced(good_claims, R"("chat")", R"(["chat",{}])")), refusal::malformed);
    add("sub missing", issued_claims(replaced(good_claims, R"("sub":"ada",)", "")),
        refusal::missing_claim);
    add("sub empty", issued_claims(replaced(good_claims, "ada", "")), refusal::missing_claim);
    add("sub number", issued_claims(replaced(good_claims, R"("ada")", "1")), refusal::malformed);
    add("payload no object", issued_claims(R"(["exp",1000100])"), refusal::malformed);
    add("payload and more", issued_claims(std::string(good_claims) + "{}"), refusal::malformed);
    add("payload too deep", more(R"("x":)" + std::string(1500, '[') + std::string(1500, ']')),
        refusal::malformed);
    add("payload not UTF-8", more("\"x\":\"\xc0\xaf\""), refusal::malformed);
    add("payload, NUL behind", issued_claims(std::string(good_claims) + '\0'), refusal::malformed);
}

} // namespace cresset::jwt::tests
