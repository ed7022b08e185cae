/** What is good to know of each command, below its summary. */

export const about = {
  admin:
    "for administrators: list shows everybody with their keys, and who asks to be recovered, and is what is done without a word. recover takes the code that the person reads to you, over the telephone or face to face, from the window or --code-fd; they get it from `signet keys recover`. Take it from nobody whom you do not know by voice or face. What you sign stays for ever, with your name.",
  answer: "signs in here, which ends your sign-in elsewhere; released again at the end.",
  backup:
    "the server may run meanwhile. FILE is new, readable by you alone, complete in itself, and there only when it was read again and found whole. It says how many people are in it.",
  call: "signs in here, which ends your sign-in elsewhere; released again at the end.",
  completion: "the first line of what it prints says where that goes.",
  devices: "never asks for a PIN unless --with-pin is given.",
  doctor:
    "signs in for a moment to test the audio: a terminal where you are signed in now is released by that. `--sign-in no` leaves key, sign-in and audio out.",
  keys: "list shows them, and is what is done without a word. add makes another one beside the one that you sign with: both sign, so both have to be here. add --elsewhere shows a code instead; at the other machine, join makes a key and takes the code, from the window or --code-fd. recover, for whoever lost all keys, makes one and shows a code for an administrator. name and revoke take a key by its ID or its name, as the list shows it. One that was revoked never counts again; the last one cannot be revoked.",
  listen:
    "for bots, desks and rooms. each answer is a signature of the device, so whoever may be answered should be named; calls that are not answered keep ringing, or are declined with --others decline. when the sign-in runs out, it signs in again; when the device can no longer sign, it signs out and ends.",
  manual: "all commands with all options, in the form that man reads.",
  missed:
    "signs in here, which ends your sign-in elsewhere, and releases it again: one signature. each call is verified here by the signature of whoever called, and listed once, by whichever command signs in first.",
  move: "signs in here; the call goes on at the other terminal until this one is connected, then ends there. Where you are in it with this very key, it goes on there for a minute at most.",
  register:
    "without a token a software key is made, encrypted under a passphrase that is asked for. server, user ID and key are remembered in the profile, so that later commands need none.",
  release:
    "signs in here, which takes your user ID over from the other terminal, and releases it: one signature. for a terminal that you left behind. Terminals that end in order release themselves.",
  rename: "your key signs it; whoever knows you is told once. The user ID stays as it is.",
  restore:
    "no server may run on the folder meanwhile. FILE is read and found whole first, and nothing that was there is deleted. Everybody signs in anew afterwards: sign-ins and calls of the time of the backup are not brought back. Where the backup is older than the data, the log of devices is shorter than before: terminals notice, and ask the people at them before they go on.",
  signIn:
    "shows a live view in a terminal window; elsewhere lines tell what happens, and nothing is answered (use `signet answer` or `signet listen` there). Signed out from elsewhere, it says so and ends.",
};
