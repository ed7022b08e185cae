/** Where the modules of common tokens are installed, on every system; most of these do not exist on one machine. */
export const usualModulePaths: readonly string[] = [
  // OpenSC: most smart cards, national identity cards, PIV
  "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
  "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
  "/usr/lib64/opensc-pkcs11.so",
  "/usr/lib/opensc-pkcs11.so",
  "/Library/OpenSC/lib/opensc-pkcs11.so",
  "/opt/homebrew/lib/opensc-pkcs11.so",
  "C:\\Program Files\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll",
  // YubiKey (PIV)
  "/usr/lib/x86_64-linux-gnu/libykcs11.so.2",
  "/usr/lib/aarch64-linux-gnu/libykcs11.so.2",
  "/usr/lib64/libykcs11.so.2",
  "/usr/lib/libykcs11.so",
  "/usr/local/lib/libykcs11.dylib",
  "/opt/homebrew/lib/libykcs11.dylib",
  "C:\\Program Files\\Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll",
  // Thales SafeNet eToken
  "/usr/lib/libeTPkcs11.so",
  "/usr/local/lib/libeTPkcs11.dylib",
  "C:\\Windows\\System32\\eTPKCS11.dll",
  // SoftHSM: a token in files, for tests
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
  "C:\\SoftHSM2\\lib\\softhsm2-x64.dll",
];
