/*
 * A PKCS#11 module for tests: hands every call on to SoftHSM, and answers what a file tells it to where SoftHSM cannot
 * (a token that is pulled, a locked PIN, a slow card). It finds everything in its own folder, so that its path is all
 * that a program needs to use the token, in any process and without environment variables:
 *
 *   softhsm.so, softhsm2.conf   the module behind, and its configuration
 *   control                     lines of a command and its numbers, read before each call (see read_control)
 *   calls                       written here: the name of each call that a test may count
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The few types of PKCS#11 2.40 that are needed here. */
typedef unsigned long ulong_t;
typedef unsigned char byte_t;
typedef struct { byte_t major, minor; } ck_version;
typedef struct { ulong_t mechanism; void *parameter; ulong_t parameter_len; } ck_mechanism;
typedef struct { ulong_t min_key_size, max_key_size, flags; } ck_mechanism_info;
typedef struct {
  byte_t label[32], manufacturer[32], model[16], serial[16];
  ulong_t flags;
} ck_token_info_start;
typedef struct { ulong_t slot, state; } ck_session_info_start;
typedef struct { ulong_t type; void *value; ulong_t length; } ck_attribute;

/* Places in CK_FUNCTION_LIST. */
enum {
  INITIALIZE = 0, FINALIZE = 1, GET_SLOT_LIST = 4, GET_TOKEN_INFO = 6, GET_MECHANISM_LIST = 7, GET_MECHANISM_INFO = 8,
  OPEN_SESSION = 12, CLOSE_SESSION = 13, CLOSE_ALL_SESSIONS = 14, GET_SESSION_INFO = 15, LOGIN = 18, LOGOUT = 19,
  GET_ATTRIBUTE_VALUE = 24, FIND_OBJECTS_INIT = 26, DIGEST_INIT = 37, DIGEST = 38, SIGN_INIT = 42, SIGN = 43, GENERATE_KEY_PAIR = 59,
  FUNCTIONS = 68
};
typedef struct { ck_version version; void *functions[FUNCTIONS]; } ck_function_list;

enum { CKR_OK = 0, CKR_DEVICE_REMOVED = 0x32, CKR_TOKEN_NOT_PRESENT = 0xe0, CKR_USER_NOT_LOGGED_IN = 0x101 };
enum { CKA_CLASS = 0 };
enum { CKM_SHA256 = 0x250, CKM_ECDSA = 0x1041, CKM_ECDSA_SHA256 = 0x1044 };
enum { CKS_RO_PUBLIC_SESSION = 0 };

static ck_function_list *real, list;
static char folder[4096];

/* What the control file says. */
static struct {
  int removed;
  unsigned long pulls, flags_set, flags_clear;
  unsigned long fail[FUNCTIONS];
  int hold[FUNCTIONS], aborts[FUNCTIONS];
  unsigned long hidden[32];
  int hidden_count, hashes, other_serial, logged_out;
  char pad_pin[64];
  int zero_padded, cut_signature, signs_limited;
  unsigned long signs_per_login, logouts;
  /* An attribute of one class of objects, a token and the sessions of one, that the module answers oddly for. */
  unsigned long odd_type, odd_class, odd_attribute, odd_token, odd_session;
  char odd_token_label[64], odd_session_label[64];
} control;
static unsigned long pulls_seen;
static unsigned long signs_since_login, logouts_seen, last_session;
/* Key of a CKM_ECDSA_SHA256 signature under way, which this wrapper computes in two steps. */
static int hashing;
static unsigned long hashing_key;

#define CALL(index, type) ((ulong_t (*) type)real->functions[index])

static void path_in_folder(char *path, size_t size, const char *name) { snprintf(path, size, "%s/%s", folder, name); }

/* Session handles die with a pull, as those of a real token do. */
static void close_all_sessions(void) {
  ulong_t slots[16], count = 16;
  if (CALL(GET_SLOT_LIST, (byte_t, ulong_t *, ulong_t *))(1, slots, &count) != CKR_OK) return;
  for (ulong_t i = 0; i < count; i++) CALL(CLOSE_ALL_SESSIONS, (ulong_t))(slots[i]);
}

static void read_control(void) {
  char path[4200], line[256];
  path_in_folder(path, sizeof path, "control");
  memset(&control, 0, sizeof control);
  FILE *file = fopen(path, "r");
  if (file == NULL) return;
  while (fgets(line, sizeof line, file) != NULL) {
    unsigned long a = 0, b = 0;
    if (sscanf(line, "removed %lu", &a) == 1) control.removed = a != 0;
    if (sscanf(line, "pulls %lu", &a) == 1) control.pulls = a;
    if (sscanf(line, "flags-set %lu", &a) == 1) control.flags_set = a;
    if (sscanf(line, "flags-clear %lu", &a) == 1) control.flags_clear = a;
    if (sscanf(line, "fail %lu %lu", &a, &b) == 2 && a < FUNCTIONS) control.fail[a] = b;
    if (sscanf(line, "hold %lu", &a) == 1 && a < FUNCTIONS) control.hold[a] = 1;
    if (sscanf(line, "hide-mechanism %lu", &a) == 1 && control.hidden_count < 32) control.hidden[control.hidden_count++] = a;
    if (sscanf(line, "hashes %lu", &a) == 1) control.hashes = a != 0;
    if (sscanf(line, "other-serial %lu", &a) == 1) control.other_serial = a != 0;
    if (sscanf(line, "logged-out %lu", &a) == 1) control.logged_out = a != 0;
    sscanf(line, "pad-pin %63s", control.pad_pin);
    if (sscanf(line, "abort %lu", &a) == 1 && a < FUNCTIONS) control.aborts[a] = 1;
    if (sscanf(line, "zero-padded %lu", &a) == 1) control.zero_padded = a != 0;
    if (sscanf(line, "cut-signature %lu", &a) == 1) control.cut_signature = (int)a;
    if (sscanf(line, "signs-per-login %lu", &a) == 1) control.signs_limited = 1, control.signs_per_login = a;
    if (sscanf(line, "logouts %lu", &a) == 1) control.logouts = a;
    sscanf(line, "odd-attribute %lu %lu %lu", &control.odd_type, &control.odd_class, &control.odd_attribute);
    sscanf(line, "odd-token %63s %lu", control.odd_token_label, &control.odd_token);
    sscanf(line, "odd-session %63s %lu", control.odd_session_label, &control.odd_session);
  }
  fclose(file);
}

static void write_call(const char *name) {
  char path[4200];
  path_in_folder(path, sizeof path, "calls");
  FILE *file = fopen(path, "a");
  if (file == NULL) return;
  fprintf(file, "%s\n", name);
  fclose(file);
}

/* Before each call: what is it told to do? @returns CKR_OK to go on */
static ulong_t before(int index, ulong_t when_removed) {
  read_control();
  if (control.pulls != pulls_seen) {
    pulls_seen = control.pulls;
    close_all_sessions();
  }
  while (control.hold[index] && !control.removed) {
    usleep(10 * 1000);
    read_control();
  }
  if (control.logouts != logouts_seen) {
    logouts_seen = control.logouts;
    if (last_session != 0) CALL(LOGOUT, (ulong_t))(last_session);
  }
  if (control.aborts[index]) abort();
  if (control.fail[index] != 0) return control.fail[index];
  return control.removed ? when_removed : CKR_OK;
}

static int is_hidden(ulong_t mechanism) {
  for (int i = 0; i < control.hidden_count; i++)
    if (control.hidden[i] == mechanism) return 1;
  return 0;
}

static ulong_t initialize(void *arguments) {
  char path[4200];
  write_call("C_Initialize");
  ulong_t failure = before(INITIALIZE, CKR_OK);
  if (failure != CKR_OK) return failure;
  path_in_folder(path, sizeof path, "softhsm2.conf");
  setenv("SOFTHSM2_CONF", path, 1);
  return CALL(INITIALIZE, (void *))(arguments);
}

static ulong_t finalize(void *reserved) {
  write_call("C_Finalize");
  return CALL(FINALIZE, (void *))(reserved);
}

static ulong_t get_slot_list(byte_t present, ulong_t *slots, ulong_t *count) {
  ulong_t failure = before(GET_SLOT_LIST, CKR_OK);
  if (failure != CKR_OK) return failure;
  if (control.removed && present) {
    *count = 0;
    return CKR_OK;
  }
  return CALL(GET_SLOT_LIST, (byte_t, ulong_t *, ulong_t *))(present, slots, count);
}

static int is_token(ulong_t slot, const char *label) {
  byte_t info[512];
  return label[0] != 0 && CALL(GET_TOKEN_INFO, (ulong_t, void *))(slot, info) == CKR_OK &&
         strncmp((char *)info, label, strlen(label)) == 0;
}

static void pad_with_zeros(byte_t *field, int length) {
  while (length > 0 && field[length - 1] == ' ') field[--length] = 0;
}

static ulong_t get_token_info(ulong_t slot, ck_token_info_start *info) {
  ulong_t failure = before(GET_TOKEN_INFO, CKR_TOKEN_NOT_PRESENT);
  if (failure != CKR_OK) return failure;
  ulong_t result = CALL(GET_TOKEN_INFO, (ulong_t, void *))(slot, info);
  if (is_token(slot, control.odd_token_label)) return control.odd_token;
  if (control.other_serial) info->serial[0] = 'x';
  if (control.zero_padded) {
    pad_with_zeros(info->label, sizeof info->label);
    pad_with_zeros(info->manufacturer, sizeof info->manufacturer);
    pad_with_zeros(info->model, sizeof info->model);
    /* As where a text was copied with the zero that ends it, and what was there before is left behind it. */
    memcpy(info->serial + 12, "\0old", 4);
  }
  info->flags = (info->flags | control.flags_set) & ~control.flags_clear;
  return result;
}

static ulong_t get_mechanism_list(ulong_t slot, ulong_t *mechanisms, ulong_t *count) {
  ulong_t failure = before(GET_MECHANISM_LIST, CKR_TOKEN_NOT_PRESENT);
  if (failure != CKR_OK) return failure;
  ulong_t room = mechanisms == NULL ? 0 : *count;
  ulong_t result = CALL(GET_MECHANISM_LIST, (ulong_t, ulong_t *, ulong_t *))(slot, mechanisms, count);
  if (result != CKR_OK) return result;
  if (mechanisms == NULL) {
    *count += 1;
    return CKR_OK;
  }
  ulong_t kept = 0;
  for (ulong_t i = 0; i < *count; i++)
    if (!is_hidden(mechanisms[i])) mechanisms[kept++] = mechanisms[i];
  if (control.hashes && kept < room) mechanisms[kept++] = CKM_ECDSA_SHA256;
  *count = kept;
  return CKR_OK;
}

static ulong_t get_mechanism_info(ulong_t slot, ulong_t mechanism, ck_mechanism_info *info) {
  ulong_t failure = before(GET_MECHANISM_INFO, CKR_TOKEN_NOT_PRESENT);
  if (failure != CKR_OK) return failure;
  ulong_t asked = mechanism == CKM_ECDSA_SHA256 ? CKM_ECDSA : mechanism;
  return CALL(GET_MECHANISM_INFO, (ulong_t, ulong_t, void *))(slot, asked, info);
}

static ulong_t open_session(ulong_t slot, ulong_t flags, void *application, void *notify, ulong_t *session) {
  ulong_t failure = before(OPEN_SESSION, CKR_TOKEN_NOT_PRESENT);
  if (failure != CKR_OK) return failure;
  if (is_token(slot, control.odd_session_label)) return control.odd_session;
  ulong_t result =
      CALL(OPEN_SESSION, (ulong_t, ulong_t, void *, void *, ulong_t *))(slot, flags, application, notify, session);
  if (result == CKR_OK) last_session = *session;
  return result;
}

static ulong_t get_session_info(ulong_t session, ck_session_info_start *info) {
  ulong_t failure = before(GET_SESSION_INFO, CKR_DEVICE_REMOVED);
  if (failure != CKR_OK) return failure;
  ulong_t result = CALL(GET_SESSION_INFO, (ulong_t, void *))(session, info);
  if (result == CKR_OK && control.logged_out) info->state = CKS_RO_PUBLIC_SESSION;
  return result;
}

static ulong_t login(ulong_t session, ulong_t user_type, byte_t *pin, ulong_t pin_len) {
  write_call("C_Login");
  ulong_t failure = before(LOGIN, CKR_DEVICE_REMOVED);
  if (failure != CKR_OK) return failure;
  int from_pad = pin_len == 0 && control.pad_pin[0] != 0;
  ulong_t result = CALL(LOGIN, (ulong_t, ulong_t, byte_t *, ulong_t))(
      session, user_type, from_pad ? (byte_t *)control.pad_pin : pin, from_pad ? strlen(control.pad_pin) : pin_len);
  if (result == CKR_OK) signs_since_login = 0;
  return result;
}

static ulong_t logout(ulong_t session) {
  write_call("C_Logout");
  ulong_t failure = before(LOGOUT, CKR_DEVICE_REMOVED);
  return failure != CKR_OK ? failure : CALL(LOGOUT, (ulong_t))(session);
}

static ulong_t get_attribute_value(ulong_t session, ulong_t object, ck_attribute *template, ulong_t count) {
  ulong_t failure = before(GET_ATTRIBUTE_VALUE, CKR_DEVICE_REMOVED);
  if (failure != CKR_OK) return failure;
  ulong_t class = 0;
  ck_attribute asked = {CKA_CLASS, &class, sizeof class};
  int is_odd = control.odd_attribute != 0 && template[0].type == control.odd_type;
  if (is_odd && CALL(GET_ATTRIBUTE_VALUE, (ulong_t, ulong_t, ck_attribute *, ulong_t))(session, object, &asked, 1) == CKR_OK &&
      class == control.odd_class)
    return control.odd_attribute;
  return CALL(GET_ATTRIBUTE_VALUE, (ulong_t, ulong_t, ck_attribute *, ulong_t))(session, object, template, count);
}

static ulong_t find_objects_init(ulong_t session, void *template, ulong_t count) {
  ulong_t failure = before(FIND_OBJECTS_INIT, CKR_DEVICE_REMOVED);
  return failure != CKR_OK ? failure : CALL(FIND_OBJECTS_INIT, (ulong_t, void *, ulong_t))(session, template, count);
}

static ulong_t sign_init(ulong_t session, ck_mechanism *mechanism, ulong_t key) {
  ulong_t failure = before(SIGN_INIT, CKR_DEVICE_REMOVED);
  if (failure != CKR_OK) return failure;
  if (control.signs_limited && signs_since_login >= control.signs_per_login) return CKR_USER_NOT_LOGGED_IN;
  hashing = control.hashes && mechanism->mechanism == CKM_ECDSA_SHA256;
  hashing_key = key;
  if (hashing) return CKR_OK;
  return CALL(SIGN_INIT, (ulong_t, ck_mechanism *, ulong_t))(session, mechanism, key);
}

static ulong_t sign(ulong_t session, byte_t *data, ulong_t data_len, byte_t *signature, ulong_t *signature_len) {
  byte_t hash[32];
  write_call("C_Sign");
  ulong_t failure = before(SIGN, CKR_DEVICE_REMOVED);
  if (failure != CKR_OK) return failure;
  if (hashing) {
    ck_mechanism sha256 = {CKM_SHA256, NULL, 0}, ecdsa = {CKM_ECDSA, NULL, 0};
    ulong_t hash_len = sizeof hash;
    ulong_t result = CALL(DIGEST_INIT, (ulong_t, ck_mechanism *))(session, &sha256);
    if (result == CKR_OK)
      result = CALL(DIGEST, (ulong_t, byte_t *, ulong_t, byte_t *, ulong_t *))(session, data, data_len, hash, &hash_len);
    if (result == CKR_OK) result = CALL(SIGN_INIT, (ulong_t, ck_mechanism *, ulong_t))(session, &ecdsa, hashing_key);
    if (result != CKR_OK) return result;
    data = hash;
    data_len = hash_len;
  }
  ulong_t result =
      CALL(SIGN, (ulong_t, byte_t *, ulong_t, byte_t *, ulong_t *))(session, data, data_len, signature, signature_len);
  if (result != CKR_OK || signature == NULL) return result;
  signs_since_login++;
  if (control.cut_signature > 0) {
    *signature_len -= control.cut_signature;
    memmove(signature, signature + control.cut_signature, *signature_len);
  }
  return CKR_OK;
}

static ulong_t generate_key_pair(
    ulong_t session, void *mechanism, void *public, ulong_t public_len, void *private, ulong_t private_len,
    ulong_t *public_key, ulong_t *private_key) {
  ulong_t failure = before(GENERATE_KEY_PAIR, CKR_DEVICE_REMOVED);
  if (failure != CKR_OK) return failure;
  return CALL(GENERATE_KEY_PAIR, (ulong_t, void *, void *, ulong_t, void *, ulong_t, ulong_t *, ulong_t *))(
      session, mechanism, public, public_len, private, private_len, public_key, private_key);
}

ulong_t C_GetFunctionList(ck_function_list **result) {
  Dl_info own;
  char path[4200];
  if (real == NULL) {
    if (dladdr((void *)&C_GetFunctionList, &own) == 0) return 5;
    snprintf(path, sizeof path, "%s", own.dli_fname);
    snprintf(folder, sizeof folder, "%s", dirname(path));
    path_in_folder(path, sizeof path, "softhsm.so");
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return 5;
    ulong_t (*get)(ck_function_list **) = (ulong_t (*)(ck_function_list **))dlsym(handle, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK) return 5;
    list = *real;
    list.functions[INITIALIZE] = (void *)initialize;
    list.functions[FINALIZE] = (void *)finalize;
    list.functions[GET_SLOT_LIST] = (void *)get_slot_list;
    list.functions[GET_TOKEN_INFO] = (void *)get_token_info;
    list.functions[GET_MECHANISM_LIST] = (void *)get_mechanism_list;
    list.functions[GET_MECHANISM_INFO] = (void *)get_mechanism_info;
    list.functions[OPEN_SESSION] = (void *)open_session;
    list.functions[GET_SESSION_INFO] = (void *)get_session_info;
    list.functions[LOGIN] = (void *)login;
    list.functions[LOGOUT] = (void *)logout;
    list.functions[GET_ATTRIBUTE_VALUE] = (void *)get_attribute_value;
    list.functions[FIND_OBJECTS_INIT] = (void *)find_objects_init;
    list.functions[SIGN_INIT] = (void *)sign_init;
    list.functions[SIGN] = (void *)sign;
    list.functions[GENERATE_KEY_PAIR] = (void *)generate_key_pair;
  }
  *result = &list;
  return CKR_OK;
}
