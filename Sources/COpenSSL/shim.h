#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What OpenSSL has as macros only.
static inline int certificate_count(const STACK_OF(X509) *all) { return sk_X509_num(all); }
static inline X509 *certificate_at(const STACK_OF(X509) *all, int index) { return sk_X509_value(all, index); }
static inline void certificates_free(STACK_OF(X509) *all) { sk_X509_free(all); }
static inline int signer_count(STACK_OF(CMS_SignerInfo) *all) { return sk_CMS_SignerInfo_num(all); }
static inline CMS_SignerInfo *signer_at(STACK_OF(CMS_SignerInfo) *all, int index) { return sk_CMS_SignerInfo_value(all, index); }
static inline long bio_octets(BIO *bio, char **octets) { return BIO_get_mem_data(bio, octets); }
static inline int information_count(const STACK_OF(X509_INFO) *all) { return sk_X509_INFO_num(all); }
static inline X509_INFO *information_at(const STACK_OF(X509_INFO) *all, int index) { return sk_X509_INFO_value(all, index); }
static inline void information_free(STACK_OF(X509_INFO) *all) { sk_X509_INFO_pop_free(all, X509_INFO_free); }

// Curves that certificates spell out instead of naming: common among authorities of travel documents (Doc 9303 part 12, 4.4), refused by
// default. Here the authority's whole certificate is trusted, and what it signed covers the signer's curve, so a curve cannot be swapped.
static int take_explicit_curves(int is_right, X509_STORE_CTX *context) {
    return is_right || X509_STORE_CTX_get_error(context) == X509_V_ERR_EC_KEY_EXPLICIT_PARAMS;
}
static inline void allow_explicit_curves(X509_STORE_CTX *context) { X509_STORE_CTX_set_verify_cb(context, take_explicit_curves); }
