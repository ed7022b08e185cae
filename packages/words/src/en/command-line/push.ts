/** Options of push. */

export const push = {
  services: "names such as push.example.org, or none",
  contact: "an address such as mailto:it@example.org",
  pushServices:
    "push services that the server calls to wake closed pages, separated by commas, `.example.org` for all below it; none for none",
  browsers: "those of the browsers",
  pushContact: "mailto: or https: address by which push services reach you",
};
